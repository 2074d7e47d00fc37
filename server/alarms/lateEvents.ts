/** The alarm of an event that came by a webhook and is not through: raised once, over when none has waited so long. */
import { nowText } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Waiting } from '../signals/waiting.ts';
import { listWaiting } from '../signals/waiting.ts';
import type { AlarmKey } from './raise.ts';
import { clearAlarm, raiseAlarm } from './raise.ts';
import type { AlarmRow } from './rows.ts';
import type { Watcher } from './watch.ts';

const minute = 60_000;
/** Minutes that events may wait at a path that is not published any more: what it said of that is gone with it. */
const closedAfter = 30;

export async function watchEvents(watcher: Watcher): Promise<void> {
  const { db, clock } = watcher;
  const now = clock.now().getTime();
  const waiting = (await listWaiting(db)).filter(({ calls }) => calls > 0);
  const late = waiting.filter((one) => isLate(one, now));
  const raised: AlarmRow[] = await db('alarms').where({ kind: 'events', state: 'raised' });
  if (late.length === 0 && raised.length === 0) return;
  const names = await readNames(db, waiting);
  const keys = new Map(late.map((one) => [keyOf(one, names), one]));
  // What was late when its path was published is so still.
  const closed = new Set(waiting.filter(({ declared }) => declared === null).map((one) => keyOf(one, names)));
  for (const { workflow, node } of raised) {
    const key = `${workflow}/${node}`;
    if (!keys.has(key) && !closed.has(key)) await clear(watcher, { kind: 'events', workflow, node });
  }
  const known = new Set(raised.map(({ workflow, node }) => `${workflow}/${node}`));
  for (const [key, one] of keys) if (!known.has(key)) await raise(watcher, one, names, now);
}

/** Minutes; null: for ever. */
const limitOf = ({ declared }: Waiting): number | null => (declared ? (declared.lateAfter ?? null) : closedAfter);

function isLate(one: Waiting, now: number): boolean {
  const limit = limitOf(one);
  return limit !== null && one.oldest !== null && now - Date.parse(one.oldest) > limit * minute;
}

async function readNames(db: Db, waiting: readonly Waiting[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(waiting.map((one) => one.workflow_id))];
  const rows: { id: string; name: string }[] = await db('workflows')
    .whereIn('id', ids)
    .select({ id: 'id', name: 'internal_name' });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const keyOf = ({ workflow_id, node }: Waiting, names: ReadonlyMap<string, string>): string =>
  `${names.get(workflow_id) ?? ''}/${node}`;

async function raise(
  { db, clock }: Watcher,
  one: Waiting,
  names: ReadonlyMap<string, string>,
  now: number,
): Promise<void> {
  const workflow = names.get(one.workflow_id);
  if (workflow === undefined || one.oldest === null) return;
  const key = { kind: 'events', workflow, node: one.node } as const;
  const alarm = { ...key, severity: 'warning', message: messageOf(one, one.oldest, now), runId: one.run } as const;
  await inTransaction(db, (tx) => raiseAlarm(tx, nowText(clock), alarm));
}

async function clear({ db, clock }: Watcher, key: AlarmKey): Promise<void> {
  const message = 'No event has waited longer than it may.';
  await inTransaction(db, (tx) => clearAlarm(tx, nowText(clock), key, message, null));
}

function messageOf(one: Waiting, oldest: string, now: number): string {
  const { path, events } = one;
  const minutes = Math.floor((now - Date.parse(oldest)) / minute);
  const since = oldest.slice(0, 16).replace('T', ' ');
  const many = events === 1 ? '1 event waits' : `${events} events wait`;
  const found = `An event that came by the webhook "${path}" has waited for ${minutes} minutes, since ${since} UTC, longer than ${limitOf(one)}. ${many}; none is lost.`;
  return `${found} ${whatToDo(one)}`;
}

function whatToDo({ run, left, leftRun, declared, path }: Waiting): string {
  if (left > 0)
    return `The run ${leftRun} has taken some and did not succeed: retry it, or let them be delivered again in the workflow at the tab Signals.`;
  if (run !== null) return `Its run ${run} has not ended: open it to see what it waits for.`;
  if (declared === null)
    return `The path "${path}" is not published any more: publish the workflow with it, or dismiss them in the workflow at the tab Signals.`;
  return 'No run has taken it: look in the workflow at the tab Signals and at what runs.';
}
