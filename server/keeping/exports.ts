/** Exports have a retention of their own: their tables outlive the other rows of the run, and its row. */
import type { Keep } from '../../contract/keeping.ts';
import type { TableRef } from '../../contract/relation.ts';
import { finalRunStates, openRunStates } from '../../contract/run.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import { nowText } from '../db/clock.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { ListedExport } from '../exports/find.ts';
import { expiryOf, queryExports } from '../exports/find.ts';
import { listExportTables, tablesOf } from '../exports/keep.ts';
import type { ExportRow } from '../exports/rows.ts';
import { readFrozen } from '../runs/frozen.ts';
import { queryRevivable } from '../runs/retryRun.ts';
import type { Keeper } from './keeper.ts';

/** Gives up the rows of a run: all, or all but those of its exports. */
export async function deleteRows({ db, stores }: Pick<Keeper, 'db' | 'stores'>, runId: string): Promise<void> {
  const exported = await listExportTables(db, { run_id: runId });
  if (exported.length === 0) await stores.deleteRun(runId);
  else await stores.run(runId).keepOnly(exported);
}

/** What exports need of a run whose row is about to go. */
export async function keepOfRun(tx: Tx, runId: string): Promise<void> {
  const exported: Pick<ExportRow, 'id'> | undefined = await tx('exports').where({ run_id: runId }).first('id');
  if (!exported) return;
  const run: { ended_at: string } = await tx('runs').where({ id: runId }).first('ended_at');
  const run_file = JSON.stringify(await readFrozen(tx, runId));
  await tx('exports').where({ run_id: runId }).update({ run_ended_at: run.ended_at, run_file });
}

/** Exports whose time is over go, with their tables. Gives how many. */
export async function expireExports(
  keeper: Keeper,
  keep: Keep,
  settings: ReadonlyMap<string, WorkflowSettings>,
): Promise<number> {
  const now = nowText(keeper.clock);
  const days = keep.exportDays ?? Number.POSITIVE_INFINITY;
  const rows: ListedExport[] = await queryExports(keeper.db).whereNotExists(isUsed(keeper.db)).orderBy('exports.id');
  for (const row of rows) {
    const kept = settings.get(row.workflow_name)?.keep?.exportDays ?? days;
    const expiry = Number.isFinite(kept) ? expiryOf(row, settings, kept) : null;
    if (expiry !== null && expiry < now) await markGone(keeper.db, row.id);
  }
  return finishExpiry(keeper);
}

/** A run that is not over takes rows from it. */
const isUsed = (db: Db) =>
  db('export_runs')
    .join('runs as users', 'users.id', 'export_runs.run_id')
    .where({ 'export_runs.export_id': db.ref('exports.id') })
    .whereIn('users.state', openRunStates)
    .select('users.id');

/** First, so that nobody opens rows that are going. Since it was listed, a run may have been retried or begun to take from it. */
async function markGone(db: Db, id: string): Promise<void> {
  await inTransaction(db, (tx) =>
    tx('exports')
      .where({ id })
      .whereNotExists(isUsed(tx))
      .whereNotExists(
        tx('runs')
          .where({ id: tx.ref('exports.run_id') })
          .whereNotIn('state', finalRunStates),
      )
      .update({ gone: true }),
  );
}

/** Also those that were marked before a kill. */
async function finishExpiry(keeper: Keeper): Promise<number> {
  const rows: ExportRow[] = await keeper.db('exports').where({ gone: true }).orderBy('id');
  for (const row of rows) {
    await dropTables(keeper, row);
    await inTransaction(keeper.db, async (tx) => {
      await tx('export_marks').where({ export_id: row.id }).delete();
      await tx('exports').where({ id: row.id }).delete();
    });
  }
  return rows.length;
}

async function dropTables({ db, stores }: Keeper, row: ExportRow): Promise<void> {
  const run: { purged: boolean | number } | undefined = await db('runs').where({ id: row.run_id }).first('purged');
  if (!run || run.purged) return deleteRows({ db, stores }, row.run_id);
  // A retry of its run would go on with them.
  const revivable: Pick<TaskRow, 'id'> | undefined = await queryRevivable(db, row.run_id)
    .where({ id: row.id })
    .first('id');
  if (revivable) return;
  const used = new Set((await listUsed(db, row.run_id)).map(({ id }) => id));
  await stores.run(row.run_id).drop(tablesOf(row).filter(({ id }) => !used.has(id)));
}

/** Tables that are shown, or that other exports of the run have. */
async function listUsed(db: Db, run_id: string): Promise<TableRef[]> {
  const shown: { table_ref: string }[] = await db('outputs')
    .where({ run_id, kept: true })
    .whereNotNull('table_ref')
    .select('table_ref');
  const exported = await listExportTables(db, { run_id });
  return [...shown.map(({ table_ref }) => JSON.parse(table_ref) as TableRef), ...exported];
}
