/** What could go: ended runs, how much they hold, and which of them are still needed. */

import type { Keep } from '../../contract/keeping.ts';
import { isFinal, openRunStates, type RunState } from '../../contract/run.ts';
import type { Db } from '../db/transaction.ts';
import type { Stores } from '../tables/types.ts';

export interface KeptRun {
  id: string;
  workflow: string;
  workflowLabel: string;
  state: RunState;
  /** ISO; null while it is not over. */
  endedAt: string | null;
  /** Of its rows on disk. */
  bytes: number;
  /** Work tables that can be opened. */
  tables: number;
}

/** Runs whose rows are there, oldest first. */
export async function listKept(db: Db, stores: Pick<Stores, 'run'>): Promise<KeptRun[]> {
  const rows: Omit<KeptRun, 'bytes' | 'tables'>[] = await db('runs').where({ purged: false }).orderBy('id').select({
    id: 'id',
    workflow: 'workflow_name',
    workflowLabel: 'workflow_label',
    state: 'state',
    endedAt: 'ended_at',
  });
  const tables = await countTables(db);
  return Promise.all(
    rows.map(async (row) => ({ ...row, bytes: await stores.run(row.id).bytes(), tables: tables.get(row.id) ?? 0 })),
  );
}

async function countTables(db: Db): Promise<Map<string, number>> {
  const rows: { run_id: string; tables: number | string }[] = await db('outputs')
    .where({ kept: true })
    .whereNotNull('table_ref')
    .groupBy('run_id')
    .select('run_id')
    .countDistinct({ tables: 'table_ref' });
  return new Map(rows.map((row) => [row.run_id, Number(row.tables)]));
}

/**
 * Runs that a run which is not over still takes rows from: it began with them, waits for what the run it called gives back,
 * or was given them by its caller. `only`: asks of this run alone.
 */
export async function findNeeded(db: Db, only?: string): Promise<Set<string>> {
  const open = () => db('runs').select('id').whereIn('state', openRunStates);
  const is = (column: string) => (only === undefined ? {} : { [column]: only });
  // One after the other: a transaction has one connection.
  const rows: { run: string }[] = [
    ...(await db('arrivals')
      .whereNotNull('from_run')
      .where(is('from_run'))
      .whereIn('run_id', open())
      .distinct({ run: 'from_run' })),
    ...(await db('tasks')
      .whereNotNull('call_run')
      .where(is('call_run'))
      .whereIn('run_id', open())
      .distinct({ run: 'call_run' })),
    ...(await db('runs')
      .join('tasks', 'tasks.run_id', 'runs.id')
      .whereNotNull('tasks.given')
      .whereNotNull('runs.parent_run')
      .where(is('runs.parent_run'))
      .whereIn('runs.state', openRunStates)
      .distinct({ run: 'runs.parent_run' })),
  ];
  return new Set(rows.map((row) => row.run));
}

/** Of the runs together: the oldest ended ones that have to give up their rows so that the rest is within the limits. */
export function overLimits(runs: readonly KeptRun[], keep: Keep, needed: ReadonlySet<string>): KeptRun[] {
  let bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  let tables = runs.reduce((sum, run) => sum + run.tables, 0);
  const most = {
    bytes: (keep.megabytes ?? Number.POSITIVE_INFINITY) * 1_000_000,
    tables: keep.tables ?? Number.POSITIVE_INFINITY,
  };
  const going: KeptRun[] = [];
  const ended = runs.filter((run) => isFinal(run.state) && !needed.has(run.id));
  for (const run of ended.sort((a, b) => ((a.endedAt ?? '') < (b.endedAt ?? '') ? -1 : 1))) {
    if (bytes <= most.bytes && tables <= most.tables) break;
    if (run.bytes === 0 && run.tables === 0) continue;
    going.push(run);
    bytes -= run.bytes;
    tables -= run.tables;
  }
  return going;
}
