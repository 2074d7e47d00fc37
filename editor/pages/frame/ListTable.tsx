import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { ListHead } from './ListHead.tsx';
import classes from './ListTable.module.css';
import type { ListColumn } from './listColumn.ts';
import { type Sort, sortRows } from './sortRows.ts';
import { walkRows } from './walkRows.ts';

interface ListTableProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly ListColumn<Row>[];
  rowKey(row: Row): string;
  sort: Sort | null;
  onSort?(sort: Sort): void;
  /** A click anywhere on the row; for keyboards, a cell has a link or a button marked `data-primary`. */
  onOpen?(row: Row): void;
  selected?: string | null;
  /** In pixels, of all rows or of each. */
  rowHeight?: number | ((row: Row) => number);
  /** The last rows are in sight: more may be loaded. */
  onEnd?(): void;
  /** Below the last row. */
  footer?: ReactNode;
}

/** Rows before the last one from which on more are asked for. */
const nearEnd = 30;

/** A dense table that draws only the rows in sight. Arrow keys go from row to row. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { label, columns, rowKey, sort, rowHeight = 38, onEnd, footer } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const rows = sortRows(props.rows, columns, sort);
  const heightOf = typeof rowHeight === 'number' ? () => rowHeight : rowHeight;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => heightOf(rows[index] as Row),
    getItemKey: (index) => rowKey(rows[index] as Row),
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - nearEnd) onEnd?.();
  }, [last, rows.length, onEnd]);
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div className={classes.scroll} ref={scroll}>
      <table
        className={classes.table}
        data-columns={columns.length > 1 || undefined}
        aria-label={label}
        aria-rowcount={rows.length + 1}
      >
        <colgroup>
          {columns.map(({ key, width, from }) => (
            <col key={key} data-from={from} style={width ? { width } : undefined} />
          ))}
        </colgroup>
        <ListHead columns={columns} sort={sort} onSort={props.onSort} />
        <tbody onKeyDown={walkRows}>
          <Space height={before} />
          {items.map(({ index, key, size }) => (
            <ListRow
              key={key}
              row={rows[index] as Row}
              place={index + 2}
              columns={columns}
              height={size}
              selected={props.selected === key}
              onOpen={props.onOpen}
            />
          ))}
          <Space height={after} />
        </tbody>
      </table>
      {footer}
    </div>
  );
}

function Space({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}

interface ListRowProps<Row> {
  row: Row;
  place: number;
  columns: readonly ListColumn<Row>[];
  height: number;
  selected: boolean;
  onOpen: ((row: Row) => void) | undefined;
}

function ListRow<Row>({ row, place, columns, height, selected, onOpen }: ListRowProps<Row>) {
  const open = (event: MouseEvent) => {
    const inside = (event.target as Element).closest('a, button, input, [role="menu"], [role="dialog"]');
    const marking = window.getSelection()?.isCollapsed === false;
    if (!inside && !marking && event.currentTarget.contains(event.target as Element)) onOpen?.(row);
  };
  return (
    <tr
      className={classes.row}
      style={{ height }}
      aria-rowindex={place}
      data-opens={onOpen ? true : undefined}
      data-selected={selected || undefined}
      onClick={open}
    >
      {columns.map(({ key, cell, align, from }) => (
        <td key={key} data-align={align} data-from={from}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
