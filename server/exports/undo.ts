/** A run that takes back what an export has written, by the node that exported and as it was then. */
import { UserError } from '../../contract/errors.ts';
import type { ExportCounts } from '../../contract/exports.ts';
import type { RunOrigin, RunSummary } from '../../contract/run.ts';
import { openRunStates } from '../../contract/run.ts';
import type { Json } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { RunHost, RunRequest } from '../runs/createRun.ts';
import { createRun } from '../runs/createRun.ts';
import { readFrozen } from '../runs/frozen.ts';
import type { Stores } from '../tables/types.ts';
import { isWritten, readOutcomes } from './named.ts';
import type { ExportRow, ExportRunRow } from './rows.ts';

/** Why an export cannot be undone; null: it can. */
export async function findUndoRefusal(db: Db, row: ExportRow): Promise<UserError | null> {
  if (row.stage !== 'settled') return new UserError('EXPORT_NOT_SETTLED', { stage: row.stage });
  const { outcomes } = JSON.parse(row.counts) as ExportCounts;
  if (!Object.entries(outcomes).some(([outcome, records]) => isWritten(outcome) && records > 0))
    return new UserError('NOTHING_TO_UNDO');
  const running: { id: string } | undefined = await db('export_runs')
    .join('runs', 'runs.id', 'export_runs.run_id')
    .where({ 'export_runs.export_id': row.id, 'export_runs.purpose': 'undo' })
    .whereIn('runs.state', openRunStates)
    .first('runs.id');
  return running ? new UserError('UNDO_UNDER_WAY', { run: running.id }) : null;
}

/** Throws UserError RECORD_NOT_OPEN for a record that the export has not written. */
export async function requireWritten(
  stores: Pick<Stores, 'run'>,
  row: ExportRow,
  rows: readonly number[] | null,
): Promise<void> {
  const found = rows && (await readOutcomes(stores, row, rows));
  const other = rows?.find((no) => !isWritten(found?.get(no)?.outcome ?? null));
  if (other !== undefined)
    throw new UserError('RECORD_NOT_OPEN', { row: other, verb: 'undone', reason: 'this export has not written it' });
}

export interface Repeat {
  origin: Omit<RunOrigin, 'export'>;
  connections: RunRequest['connections'];
}

/** `tx` comes from `inTransaction`. Throws what `findUndoRefusal` gives and createRun throws. */
export async function startUndo(
  tx: Tx,
  host: RunHost,
  row: ExportRow,
  { rows, origin, connections }: Repeat & { rows: readonly number[] | null },
): Promise<RunSummary> {
  const refusal = await findUndoRefusal(tx, row);
  if (refusal) throw refusal;
  const run = await createRun(tx, host, {
    workflow: await readExported(tx, row),
    workflowId: row.workflow_id,
    version: row.version,
    origin: { ...origin, export: { id: row.id, purpose: 'undo' } },
    startNode: row.node_id,
    // What lies behind it has nothing to do with an undo.
    toNode: row.node_id,
    vars: JSON.parse(row.vars) as Record<string, Json>,
    connections: connections ?? null,
  });
  await tx('runs').where({ id: run.id }).update({ instance_vars: row.instance_vars });
  const undo: ExportRunRow = {
    ...{ run_id: run.id, export_id: row.id, purpose: 'undo', tables: null },
    rows: rows && JSON.stringify(rows),
  };
  await tx('export_runs').insert(undo);
  return run;
}

/** The workflow as the run of the export froze it; it stays with the export when the run goes. */
export async function readExported(db: Db, row: ExportRow): Promise<Workflow> {
  return row.run_file === null ? readFrozen(db, row.run_id) : (JSON.parse(row.run_file) as Workflow);
}
