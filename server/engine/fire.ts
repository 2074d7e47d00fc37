/**
 * Starts what schedules say. Each instant is recorded in the transaction that starts its run, and is unique, so that a
 * restart, an edit, a clock that was set back or a second engine never start it twice.
 *
 * An instant that is found later than a minute after it was due was missed: the catch-up policy decides. One that is found
 * in time starts; the overlap policy decides what a run that is still active means for it.
 */
import { toErrorReply, UserError } from '../../contract/errors.ts';
import { openRunStates } from '../../contract/run.ts';
import { raiseAlarm } from '../alarms/raise.ts';
import { lateMessage } from '../alarms/watch.ts';
import { nowText } from '../db/clock.ts';
import type { ScheduleRow } from '../db/rows.ts';
import type { Tx } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { requireDisk } from '../runs/disk.ts';
import type { Host } from './host.ts';
import type { ZonedPlan } from './instants.ts';
import { lastInstants, nextInstants } from './instants.ts';
import { inTime, keyOf, planOf } from './schedules.ts';
import type { FireOutcome } from './startScheduled.ts';
import { startScheduled } from './startScheduled.ts';

const hour = 3_600_000;
/** Instants handled in one transaction. */
const instantsAtOnce = 200;

/** Fires every schedule that is due. One that cannot be fired keeps none of the others back. Gives the ids of the runs it started. */
export async function fireSchedules(host: Host, diskFloor: number): Promise<string[]> {
  const due: ScheduleRow[] = await host.db('schedules').where('next_at', '<=', nowText(host.clock)).orderBy('next_at');
  const runs: string[] = [];
  for (const schedule of due) {
    try {
      const refusal = await findRefusal(host, diskFloor);
      runs.push(...(await inTransaction(host.db, (tx) => fireSchedule(tx, host, schedule, refusal))));
    } catch (error) {
      await noteBroken(host, schedule, error);
    }
  }
  for (const run of runs) host.announce(run);
  return runs;
}

/** It stays due, and is tried at every look: it is told once. */
async function noteBroken(host: Host, schedule: ScheduleRow, error: unknown): Promise<void> {
  const { message, action } = toErrorReply(error);
  const text = `A start that is due cannot be made. ${message} ${action}`;
  try {
    const fresh = await inTransaction(host.db, async (tx) => {
      const known = { kind: 'schedule', node: schedule.node_id, state: 'raised', message: text };
      const told: unknown = await tx('alarms')
        .join('workflows', 'workflows.internal_name', 'alarms.workflow')
        .where({ 'workflows.id': schedule.workflow_id })
        .where(known)
        .first('alarms.id');
      if (told === undefined) await noteAlarm(tx, host.clock.now(), schedule, text);
      return told === undefined;
    });
    if (fresh) host.log.error({ err: error, ...keyOf(schedule) }, 'a schedule cannot be fired');
  } catch (failure) {
    host.log.error({ err: failure, cause: error, ...keyOf(schedule) }, 'a schedule cannot be fired');
  }
}

/** When the earliest schedule is due after `now` (ISO); null if there is none. */
export async function findNextInstant(host: Host, now: string): Promise<string | null> {
  const row: { next?: string | null } | undefined = await host
    .db('schedules')
    .where('next_at', '>', now)
    .min({ next: 'next_at' })
    .first();
  return row?.next ?? null;
}

async function findRefusal(host: Host, diskFloor: number): Promise<UserError | null> {
  try {
    await requireDisk(host.stores, diskFloor);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function fireSchedule(tx: Tx, host: Host, row: ScheduleRow, refusal: UserError | null): Promise<string[]> {
  const schedule = await take(tx, row);
  if (!schedule?.next_at) return [];
  const now = host.clock.now();
  const plan = planOf(schedule);
  const most = (plan.validity.runs ?? Number.POSITIVE_INFINITY) - schedule.starts;
  const instants = dueInstants(schedule, plan, new Date(schedule.next_at), now);
  const runs: string[] = [];
  for (const [index, instant] of instants.due.entries()) {
    if (runs.length >= most) break;
    const last = index === instants.due.length - 1 && (instants.next === null || instants.next > now);
    const late = now.getTime() - instant.getTime() > inTime;
    if (await mustDefer(tx, schedule, late)) return moveOn(tx, schedule, instant, runs);
    const wanted = !late || isCaughtUp(schedule, instant, now, last);
    const run = await fireInstant(tx, host, schedule, instant, wanted ? refusal : 'missed');
    if (run !== null) runs.push(run);
  }
  return moveOn(tx, schedule, runs.length >= most ? null : instants.next, runs);
}

/** Takes the row, so that of two engines the second finds that the first has moved it on. */
async function take(tx: Tx, { next_at, ...row }: ScheduleRow): Promise<ScheduleRow | undefined> {
  const taken = await tx('schedules')
    .where({ ...keyOf(row), next_at })
    .update({ next_at });
  return taken === 0 ? undefined : tx('schedules').where(keyOf(row)).first();
}

/** Whether a missed instant starts all the same. `last`: no later one was missed. */
function isCaughtUp(
  { catch_up, catch_up_hours: hours }: ScheduleRow,
  instant: Date,
  now: Date,
  last: boolean,
): boolean {
  if (hours !== null && now.getTime() - instant.getTime() > hours * hour) return false;
  return catch_up === 'all' || (catch_up === 'last' && last);
}

/**
 * From the instant that is due to now, in order, and the one behind them. At most `instantsAtOnce`: the first ones where
 * all are to be caught up, so that the rest follows; else the last ones, and those before are passed over unrecorded.
 */
function dueInstants(
  schedule: ScheduleRow,
  plan: ZonedPlan,
  first: Date,
  now: Date,
): { due: Date[]; next: Date | null } {
  const all = [first, ...nextInstants(plan, instantsAtOnce, first)];
  const due = all.filter((instant) => instant <= now).slice(0, instantsAtOnce);
  const next = all[due.length] ?? null;
  if (schedule.catch_up === 'all' || next === null || next > now) return { due, next };
  const last = lastInstants(plan, instantsAtOnce, now);
  return { due: last, next: nextInstants(plan, 1, now)[0] ?? null };
}

/** Missed instants that are all to be caught up run one after the other, unless runs may go side by side. */
async function mustDefer(tx: Tx, schedule: ScheduleRow, late: boolean): Promise<boolean> {
  if (!late || schedule.catch_up !== 'all' || schedule.overlap === 'parallel') return false;
  const active: { id: string } | undefined = await tx('runs')
    .where({ workflow_id: schedule.workflow_id })
    .whereNull('parent_run')
    .whereIn('state', openRunStates)
    .first('id');
  return active !== undefined;
}

async function moveOn(tx: Tx, schedule: ScheduleRow, next: Date | null, runs: string[]): Promise<string[]> {
  await tx('schedules')
    .where(keyOf(schedule))
    .update({ next_at: next?.toISOString() ?? null, starts: schedule.starts + runs.length });
  return runs;
}

/** An instant that was found late, whatever becomes of it now. One whose run is not begun is found by those who watch. */
async function noteLate(tx: Tx, host: Host, { late_after, ...schedule }: ScheduleRow, instant: Date): Promise<void> {
  const now = host.clock.now();
  if (late_after === null || now.getTime() - instant.getTime() <= late_after * 60_000) return;
  await noteAlarm(tx, now, schedule, lateMessage(instant.toISOString(), now));
}

async function noteAlarm(
  tx: Tx,
  now: Date,
  { workflow_id: id, node_id: node }: Pick<ScheduleRow, 'workflow_id' | 'node_id'>,
  message: string,
): Promise<void> {
  const row: { workflow: string } | undefined = await tx('workflows')
    .where({ id })
    .first({ workflow: 'internal_name' });
  if (!row) return;
  const alarm = { kind: 'schedule', workflow: row.workflow, node, severity: 'warning', message, runId: null } as const;
  await raiseAlarm(tx, now.toISOString(), alarm);
}

/** A person who does not answer keeps all further starts out: somebody has to hear of it. */
async function noteUnanswered(tx: Tx, host: Host, schedule: ScheduleRow): Promise<void> {
  const asking: { id: string; created_at: string } | undefined = await tx('runs')
    .where({ workflow_id: schedule.workflow_id, state: 'waiting for approval' })
    .whereNull('parent_run')
    .orderBy('id')
    .first('id', 'created_at');
  if (!asking) return;
  const message = `Nothing is started while the run ${asking.id}, begun ${asking.created_at}, waits for approval. Open that run and answer what it asks, or stop it; or let the schedule start runs side by side.`;
  await noteAlarm(tx, host.clock.now(), schedule, message);
}

/** Gives the id of the run it started, or null. `refusal` says why it may not start. */
async function fireInstant(
  tx: Tx,
  host: Host,
  schedule: ScheduleRow,
  instant: Date,
  refusal: UserError | 'missed' | null,
): Promise<string | null> {
  const key = { ...keyOf(schedule), instant: instant.toISOString() };
  const mark = { ...key, outcome: 'missed' satisfies FireOutcome, at: nowText(host.clock) };
  const fresh: unknown[] = await tx('schedule_fires')
    .insert(mark)
    .onConflict(['workflow_id', 'node_id', 'instant'])
    .ignore()
    .returning('instant');
  if (fresh.length === 0) return null;
  await noteLate(tx, host, schedule, instant);
  if (refusal === 'missed') return null;
  const started = await startScheduled(tx, host, schedule, key.instant, refusal);
  await tx('schedule_fires')
    .where(key)
    .update({ run_id: started.run, outcome: started.outcome, error: started.error && JSON.stringify(started.error) });
  if (started.outcome === 'skipped' || started.outcome === 'queued') await noteUnanswered(tx, host, schedule);
  if (started.outcome === 'refused' && started.error)
    await noteAlarm(
      tx,
      host.clock.now(),
      schedule,
      `A start was refused. ${started.error.message} ${started.error.action}`,
    );
  return started.run;
}
