/** What a person says of records of an export, for the sent states that they are in. */
import type { ExportMark } from '../../contract/exports.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../contract/relation.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { SentMove } from '../tables/types.ts';
import { readTables } from './keep.ts';
import type { Marks, Named, Saying } from './marks.ts';
import { isRow, whereMarked } from './marks.ts';
import { writtenOutcomes } from './named.ts';
import type { ExportRow } from './rows.ts';

const kinds: Record<ExportMark, SentMove['kind']> = {
  dismissed: 'dismissed',
  requeued: 'due',
  written: 'delivered',
  'not written': 'delivered',
};

/**
 * Records that are dismissed are not due any more until they change, or are requeued; those that were written count as sent,
 * and no more when somebody says that they were not after all.
 */
export function toMoves(
  row: ExportRow,
  marks: Marks,
  { saying, named }: { saying: Saying; named: Named },
  now: Date,
): SentMove[] {
  const kind = kinds[saying.mark];
  const where = named
    ? isRow([...named.keys()])
    : whereMarked(row.stage, marks, (of, mark) => saying.may(of, mark, false));
  const { records, sent } = readTables(row);
  const said: Relation = { op: 'filter', input: scan(records), where };
  return sent.map(({ state, rows }) => ({
    state,
    kind,
    rows: saying.mark === 'not written' ? takenBack(besides(rows, said)) : besides(rows, said),
    runId: row.run_id,
    at: now.toISOString(),
  }));
}

/**
 * Rows of an export that was never settled, which a person said were written and its node says again without: they count as
 * sent no more. `records` are those that the node says now.
 */
export function toTakenBack(row: ExportRow, marks: Marks, records: TableRef, now: Date): SentMove[] {
  if (!marks.all.some(({ mark }) => mark === 'written')) return [];
  const said: Relation = {
    op: 'filter',
    input: scan(readTables(row).records),
    where: whereMarked(row.stage, marks, (_, mark) => mark === 'written'),
  };
  const written: Predicate = { op: 'in', value: column('outcome'), list: [...writtenOutcomes], type: 'text' };
  const isWritten: Predicate = { op: 'and', items: [{ op: 'isNotNull', value: column('outcome') }, written] };
  const unwritten: Relation = { op: 'filter', input: scan(records), where: { op: 'not', item: isWritten } };
  const wrong: Relation = {
    op: 'join',
    kind: 'semi',
    left: said,
    right: unwritten,
    on: [{ left: rowId, right: rowId }],
  };
  return readTables(row).sent.map(({ state, rows }) => ({
    ...{ state, kind: 'delivered', runId: row.run_id, at: now.toISOString() },
    rows: takenBack(besides(rows, wrong)),
  }));
}

const recordId = { name: 'recordId', label: 'Record id', type: 'text' } as const;

function besides(rows: TableRef, said: Relation): Relation {
  return {
    op: 'join',
    kind: 'inner',
    left: { op: 'project', input: said, columns: [{ ...recordId, expr: column(recordId.name) }] },
    right: scan(rows),
    on: [{ left: rowId, right: rowId }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  };
}

/** As it was before: not known where nothing was sent, and else due, since nobody knows what the target holds. */
function takenBack(input: Relation): Relation {
  const none = { op: 'isNull', value: column('base') } as const;
  const hash = either(none, literal(null, 'text'), literal('', 'text'));
  const give: Record<string, Expr> = { key: column('key'), hash, base: column('hash') };
  const columns = [...sentRowColumns, recordId];
  return {
    op: 'project',
    input,
    columns: columns.map((own) => ({ ...own, expr: give[own.name] ?? column(own.name) })),
  };
}
