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

export async function watchEvents(watcher: Watcher): Promise<void> {
  const { db, clock } = watcher;
  const now = clock.now().getTime();
  const waiting = await listWaiting(db);
  const late = waiting.filter((one) => isLate(one, now));
  const raised: AlarmRow[] = await db('alarms').where({ kind: 'events', state: 'raised' });
  if (late.length === 0 && raised.length === 0) return;
  const names = await readNames(db, waiting);
  const keys = new Map(late.map((one) => [keyOf(one, names), one]));
  const closed = findClosed(waiting, names);
  for (const { workflow, node } of raised)
    if (!keys.has(`${workflow}/${node}`) && !closed.has(workflow))
      await clear(watcher, { kind: 'events', workflow, node });
  const known = new Set(raised.map(({ workflow, node }) => `${workflow}/${node}`));
  for (const [key, one] of keys) if (!known.has(key)) await raise(watcher, one, names, now);
}

function isLate({ hook, oldest }: Waiting, now: number): boolean {
  const limit = hook?.declared.lateAfter;
  return Boolean(limit) && oldest !== null && now - Date.parse(oldest) > Number(limit) * minute;
}

/** Workflows with events at paths that are not published any more: no run takes them, and how long they may wait is not said. */
const findClosed = (waiting: readonly Waiting[], names: ReadonlyMap<string, string>): ReadonlySet<string | undefined> =>
  new Set(waiting.filter(({ hook, calls }) => hook === null && calls > 0).map((one) => names.get(one.workflow_id)));

async function readNames(db: Db, waiting: readonly Waiting[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(waiting.map((one) => one.workflow_id))];
  const rows: { id: string; name: string }[] = await db('workflows')
    .whereIn('id', ids)
    .select({ id: 'id', name: 'internal_name' });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const keyOf = ({ workflow_id, hook }: Waiting, names: ReadonlyMap<string, string>): string =>
  `${names.get(workflow_id) ?? ''}/${hook?.node_id ?? ''}`;

async function raise(
  { db, clock }: Watcher,
  one: Waiting,
  names: ReadonlyMap<string, string>,
  now: number,
): Promise<void> {
  const workflow = names.get(one.workflow_id);
  if (workflow === undefined || !one.hook || one.oldest === null) return;
  const key = { kind: 'events', workflow, node: one.hook.node_id } as const;
  const alarm = { ...key, severity: 'warning', message: messageOf(one, one.oldest, now), runId: one.run } as const;
  await inTransaction(db, (tx) => raiseAlarm(tx, nowText(clock), alarm));
}

async function clear({ db, clock }: Watcher, key: AlarmKey): Promise<void> {
  const message = 'No event has waited longer than it may.';
  await inTransaction(db, (tx) => clearAlarm(tx, nowText(clock), key, message, null));
}

function messageOf({ path, events, run, hook }: Waiting, oldest: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(oldest)) / minute);
  const since = oldest.slice(0, 16).replace('T', ' ');
  const many = events === 1 ? '1 event waits' : `${events} events wait`;
  const found = `An event that came by the webhook "${path}" has waited for ${minutes} minutes, since ${since} UTC, longer than ${hook?.declared.lateAfter}. ${many}; none is lost.`;
  const todo =
    run === null
      ? 'No run has taken it: look in the workflow at the tab Signals and at what runs.'
      : `Its run ${run} has not ended: open it to see what it waits for.`;
  return `${found} ${todo}`;
}
