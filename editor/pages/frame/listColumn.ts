import type { ReactNode } from 'react';

export interface ListColumn<Row> {
  key: string;
  head: string;
  cell(row: Row): ReactNode;
  /** What the column sorts by; columns without it do not sort. */
  sort?(row: Row): string | number | null;
  /** In pixels; columns without it share the rest, and there is at least one. */
  width?: number;
  align?: 'right';
  /** Left out where the table is narrower than 700, 980 or 1160 pixels. */
  from?: 'medium' | 'wide' | 'widest';
  /** The head is read out, not shown. */
  hideHead?: boolean;
}
