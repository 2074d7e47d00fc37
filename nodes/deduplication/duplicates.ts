/** The rows that are not kept, each beside a value of the row that was kept in its place. */
import type { Predicate, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { keptColumnOf } from './keptColumn.ts';
import { markKept, markPart, markPlace, markRow } from './marks.ts';

/** `marks` come with their key parts. A row whose key is empty may have no kept record: null. */
export function duplicatesOf(input: TableRef, marks: TableRef, name: string): Relation | null {
  const kept = keptColumnOf(input.columns, name);
  if (!kept) return null;
  const parts = marks.columns.filter((one) => one.name.startsWith(markPart.prefix));
  const renamed = freely(input.columns);
  const dropped: Relation = {
    op: 'join',
    kind: 'inner',
    left: { op: 'project', input: scan(input), columns: renamed },
    right: { op: 'filter', input: scan(marks), where: keptIs(false) },
    on: [{ left: rowId, right: column(markRow) }],
    columns: parts.map((as) => ({ from: as.name, as })),
  };
  const beside: Relation = {
    op: 'join',
    kind: 'left',
    left: dropped,
    right: winners(input, marks, name),
    on: parts.map((part) => ({ left: column(part.name), right: column(part.name), nullSafe: true })),
    columns: [{ from: keptValue, as: { ...kept, name: keptValue } }],
  };
  const own: ProjectedColumn[] = input.columns.map((one, index) => ({ ...one, expr: column(place(index)) }));
  return { op: 'project', input: beside, columns: [...own, { ...kept, expr: column(keptValue) }] };
}

const keptValue = 'kept:value';
const place = (index: number): string => `own:${index}`;

/** By their place, so that none can be called like one of ours. */
const freely = (columns: readonly Column[]): ProjectedColumn[] =>
  columns.map((one, index) => ({ ...one, name: place(index), expr: column(one.name) }));

const keptIs = (kept: boolean): Predicate => ({
  op: 'eq',
  left: column(markKept),
  right: literal(kept, 'boolean'),
});

/** One row per key: the best one, where it was kept. */
function winners(input: TableRef, marks: TableRef, name: string): Relation {
  const best: Predicate = { op: 'eq', left: column(markPlace), right: literal(1, 'integer') };
  const source = input.columns.find((one) => one.name === name);
  return {
    op: 'join',
    kind: 'inner',
    left: { op: 'filter', input: scan(marks), where: { op: 'and', items: [keptIs(true), best] } },
    right: {
      op: 'project',
      input: scan(input),
      columns: [rowColumn, { ...(source ?? rowColumn), name: keptValue, expr: column(name) }],
    },
    on: [{ left: column(markRow), right: column(rowColumn.name) }],
    columns: [{ from: keptValue, as: { name: keptValue, label: keptValue, type: source?.type ?? 'text' } }],
  };
}

const rowColumn: ProjectedColumn = { name: 'kept:row', label: 'row', type: 'integer', expr: rowId };
