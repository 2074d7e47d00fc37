/** Exports of the same node that keep another one from being sent. */
import { finalRunStates } from '../../contract/run.ts';
import type { OlderDoubt, SendGuard, SendHindrance } from '../../nodes/kit/run.ts';
import type { TaskRow } from '../db/rows.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { isSqlite, lockInstance } from '../db/transaction.ts';
import type { ExportRow } from './rows.ts';

/** The first export of the same node before this task that has records in doubt, or that was never settled although its run is over. */
export async function findOlderDoubt(
  db: Db,
  workflow: string,
  { id, node_id }: Pick<TaskRow, 'id' | 'node_id'>,
): Promise<OlderDoubt | null> {
  const row: Pick<ExportRow, 'id' | 'run_id' | 'open_doubt'> | undefined = await db('exports')
    .leftJoin('runs', 'runs.id', 'exports.run_id')
    .where({ 'exports.workflow_name': workflow, 'exports.node_id': node_id, 'exports.gone': false })
    .where('exports.id', '<', id)
    .where('exports.open_doubt', '>', 0)
    .where((known) =>
      known.where({ 'exports.stage': 'settled' }).orWhereNull('runs.id').orWhereIn('runs.state', finalRunStates),
    )
    .orderBy('exports.id')
    .first('exports.id', 'exports.run_id', 'exports.open_doubt');
  return row ? { export: row.id, run: row.run_id, records: row.open_doubt } : null;
}

/** Until the transaction ends, no other export can be kept by this way. */
export async function findHindrance(
  tx: Tx,
  workflow: string,
  task: Pick<TaskRow, 'id' | 'node_id'>,
  guard: SendGuard,
): Promise<SendHindrance | null> {
  if (!isSqlite(tx)) await lockInstance(tx);
  const older = guard.olderDoubt ? await findOlderDoubt(tx, workflow, task) : null;
  if (older) return { kind: 'doubt', older };
  return guard.beside && (await isSentBeside(tx, workflow, task)) ? { kind: 'beside' } : null;
}

/** Whether a run that is not over is about to send, or sends, rows of the same node: any other task than this one. */
async function isSentBeside(
  db: Db,
  workflow: string,
  { id, node_id }: Pick<TaskRow, 'id' | 'node_id'>,
): Promise<boolean> {
  const row: { id: string } | undefined = await db('exports')
    .join('runs', 'runs.id', 'exports.run_id')
    .where({ 'exports.workflow_name': workflow, 'exports.node_id': node_id, 'exports.stage': 'sending' })
    .whereNot('exports.id', id)
    .whereNotIn('runs.state', finalRunStates)
    .first('exports.id');
  return row !== undefined;
}
