import { IconChevronDown, IconChevronUp, IconSelector } from '@tabler/icons-react';
import classes from './ListTable.module.css';
import type { ListColumn } from './listColumn.ts';
import type { Sort } from './sortRows.ts';

interface ListHeadProps<Row> {
  columns: readonly ListColumn<Row>[];
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
}

/** Heads that sort are buttons; a second press turns the order round. */
export function ListHead<Row>({ columns, sort, onSort }: ListHeadProps<Row>) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => {
          const direction = sort?.key === column.key ? sort.direction : null;
          const order = direction === null ? undefined : direction === 'asc' ? 'ascending' : 'descending';
          const { key, head, align, from } = column;
          return (
            <th key={key} scope="col" data-align={align} data-from={from} aria-sort={order}>
              {column.sort && onSort ? (
                <button type="button" className={classes.sort} onClick={() => onSort(turn(key, direction))}>
                  {head}
                  <SortMark direction={direction} />
                </button>
              ) : (
                <span className={column.hideHead ? classes.hidden : undefined}>{head}</span>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

const turn = (key: string, direction: Sort['direction'] | null): Sort => ({
  key,
  direction: direction === 'asc' ? 'desc' : 'asc',
});

function SortMark({ direction }: { direction: Sort['direction'] | null }) {
  const Mark = direction === null ? IconSelector : direction === 'asc' ? IconChevronUp : IconChevronDown;
  return <Mark size={13} aria-hidden data-idle={direction === null || undefined} />;
}
