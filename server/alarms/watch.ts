/** Alarms that no event tells of, because nothing happens: a start that does not come, a run that waits and waits. */
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { readWorkflowSettings } from '../workflows/settings.ts';
import type { Raised } from './raise.ts';
import { raiseAlarm } from './raise.ts';
import type { AlarmRow } from './rows.ts';

export interface Watcher {
  db: Db;
  clock: Clock;
}

const minute = 60_000;

export async function watchForAlarms(watcher: Watcher): Promise<void> {
  const found = [...(await findUnstarted(watcher)), ...(await findWaiting(watcher))];
  const at = nowText(watcher.clock);
  for (const alarm of found) await inTransaction(watcher.db, (tx) => raiseAlarm(tx, at, alarm));
}

/** `09:00 of 2 March` would need a zone: people compare instants, so they get one. */
export function lateMessage(instant: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(instant)) / minute);
  return `The start that was due at ${instant.slice(0, 16).replace('T', ' ')} UTC is ${minutes} minutes late.`;
}

interface Unstarted {
  workflow: string;
  node: string;
  lateAfter: number;
  instant: string;
  run: string;
}

/** Runs of schedules that were made and that nobody has begun to work on. */
async function findUnstarted({ db, clock }: Watcher): Promise<Raised[]> {
  const rows: Unstarted[] = await db('runs')
    .join('schedule_fires', 'schedule_fires.run_id', 'runs.id')
    .join('schedules', (on) =>
      on.on('schedules.workflow_id', 'schedule_fires.workflow_id').andOn('schedules.node_id', 'schedule_fires.node_id'),
    )
    .where({ 'runs.state': 'queued' })
    .whereNotNull('schedules.late_after')
    .orderBy('runs.id')
    .select({
      workflow: 'runs.workflow_name',
      node: 'schedules.node_id',
      lateAfter: 'schedules.late_after',
      instant: 'schedule_fires.instant',
      run: 'runs.id',
    });
  const now = clock.now();
  return rows
    .filter((row) => now.getTime() - Date.parse(row.instant) > row.lateAfter * minute)
    .filter(fresh(await newestNoticed(db, 'schedule')))
    .map(({ workflow, node, instant, run }) => ({
      kind: 'schedule',
      workflow,
      node,
      severity: 'warning',
      message: lateMessage(instant, now),
      runId: run,
    }));
}

/**
 * Noticed once for each run, however often somebody looks and however many there are: an alarm names the newest run that
 * it was raised for, and ids of runs grow.
 */
const fresh =
  (newest: ReadonlyMap<string, string>) =>
  ({ workflow, node = '', run }: { workflow: string; node?: string; run: string }): boolean =>
    run > (newest.get(`${workflow}/${node}`) ?? '');

async function newestNoticed(db: Db, kind: 'schedule' | 'waits'): Promise<Map<string, string>> {
  const rows: Pick<AlarmRow, 'workflow' | 'node' | 'run_id'>[] = await db('alarms').where({ kind, state: 'raised' });
  return new Map(rows.map(({ workflow, node, run_id }) => [`${workflow}/${node}`, run_id ?? '']));
}

async function findWaiting({ db, clock }: Watcher): Promise<Raised[]> {
  const rows: { run: string; workflow: string; state: string; since: string }[] = await db('runs')
    .join('events', 'events.run_id', 'runs.id')
    .whereNotNull('runs.workflow_id')
    .whereIn('runs.state', ['waiting', 'waiting for approval', 'paused', 'queued'])
    .whereIn('events.type', ['run.created', 'run.state'])
    .groupBy('runs.id', 'runs.workflow_name', 'runs.state')
    .orderBy('runs.id')
    .select({ run: 'runs.id', workflow: 'runs.workflow_name', state: 'runs.state' })
    .max({ since: 'events.at' });
  const limits = await readLimits(db, new Set(rows.map((row) => row.workflow)));
  const now = clock.now().getTime();
  return rows
    .filter((row) => now - Date.parse(row.since) > (limits.get(row.workflow) ?? Number.POSITIVE_INFINITY) * minute)
    .filter(fresh(await newestNoticed(db, 'waits')))
    .map(({ run, workflow, state, since }) => ({
      kind: 'waits',
      workflow,
      node: '',
      severity: 'warning',
      message: `A run is ${state} since ${since.slice(0, 16).replace('T', ' ')} UTC, longer than ${limits.get(workflow)} minutes.`,
      runId: run,
    }));
}

/** Minutes by workflow, for those that have a limit. */
async function readLimits(db: Db, workflows: ReadonlySet<string>): Promise<Map<string, number>> {
  const limits = new Map<string, number>();
  for (const workflow of workflows) {
    const limit = (await readWorkflowSettings(db, workflow))?.waitWarning;
    if (limit !== undefined) limits.set(workflow, limit);
  }
  return limits;
}
