export interface Sort {
  /** Of the column. */
  key: string;
  direction: 'asc' | 'desc';
}

interface Sortable<Row> {
  key: string;
  sort?(row: Row): string | number | null;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The rows in order; what has no value comes last, whichever way. Equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const read = columns.find((column) => column.key === sort?.key)?.sort;
  if (!sort || !read) return rows;
  const sign = sort.direction === 'asc' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: read(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}
