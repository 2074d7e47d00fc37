/** What a person says of records of an export, made true in the sent states that its rows count for. */
import type { ExportReport } from '../../contract/exports.ts';
import type { Predicate, Relation } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { SentMove, Stores } from '../tables/types.ts';

interface Said {
  /** The run in whose store the tables lie. */
  runId: string;
  tables: ExportReport['tables'];
  /** Over the columns of `tables.records`: which records. */
  where: Predicate;
  /**
   * `dismissed`: they are not due any more until they change; a row that could not even be told by a key stays due.
   * `delivered`: they were written after all.
   */
  kind: SentMove['kind'];
  at: string;
}

/** May be said again. Does nothing where no row counts for a sent state. */
export async function markSent(stores: Stores, { runId, tables, where, kind, at }: Said): Promise<void> {
  const said: Relation = { op: 'filter', input: scan(tables.records), where };
  const moves = tables.sent.map(({ state, rows }): SentMove => {
    const beside: Relation = {
      op: 'join',
      kind: 'inner',
      left: { op: 'project', input: said, columns: [row, recordId] },
      right: scan(rows),
      on: [{ left: column(row.name), right: rowId }],
      columns: sentRowColumns.map((as) => ({ from: as.name, as })),
    };
    return { state, kind, rows: beside, runId, at };
  });
  await stores.local.moveSent(null, moves);
}

const row = { name: 'row', label: '', type: 'integer', expr: column('_row') } as const;
const recordId = { name: 'recordId', label: '', type: 'text', expr: column('recordId') } as const;
