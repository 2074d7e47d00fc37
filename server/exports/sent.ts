/** What a person says of records of an export, for the sent states that they are in. */
import type { ExportMark } from '../../contract/exports.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { SentMove } from '../tables/types.ts';
import { readTables } from './keep.ts';
import type { Marks, Named, Saying } from './marks.ts';
import { isRow, whereMarked } from './marks.ts';
import type { ExportRow } from './rows.ts';

const kinds: Record<ExportMark, SentMove['kind'] | null> = {
  dismissed: 'dismissed',
  requeued: 'due',
  written: 'delivered',
  'not written': null,
};

/** Records that are dismissed are not due any more until they change, or are requeued; those that were written count as sent. */
export function toMoves(
  row: ExportRow,
  marks: Marks,
  { saying, named }: { saying: Saying; named: Named },
  now: Date,
): SentMove[] {
  const kind = kinds[saying.mark];
  if (kind === null) return [];
  const where = named
    ? isRow([...named.keys()])
    : whereMarked(row.stage, marks, (of, mark) => saying.may(of, mark, false));
  const { records, sent } = readTables(row);
  const said: Relation = { op: 'filter', input: scan(records), where };
  return sent.map(({ state, rows }) => ({
    state,
    kind,
    rows: besides(rows, said),
    runId: row.run_id,
    at: now.toISOString(),
  }));
}

function besides(rows: TableRef, said: Relation): Relation {
  const recordId = { name: 'recordId', label: 'Record id', type: 'text' as const, expr: column('recordId') };
  return {
    op: 'join',
    kind: 'inner',
    left: { op: 'project', input: said, columns: [recordId] },
    right: scan(rows),
    on: [{ left: rowId, right: rowId }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  };
}
