/**
 * The events that webhooks took, each by its id and what it says. The same once more is known, whichever call brings it. What says
 * something else under an id that was taken is another version of the event and is taken as well: senders such as Didomi change an
 * event under its id, and which version counts is for the workflow to say, by the dates in them.
 */
import { createHash } from 'node:crypto';
import type { NamedEvent } from '../../contract/signal.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** Events that are written at once. */
const chunk = 200;

interface Of {
  workflow_id: string;
  path: string;
}

/**
 * Remembers those that are new. Gives the places of those that are known, be it from an earlier call or from a place before in
 * this one. One without an id (null) is never known, and one is not known any more whose run failed or was stopped. Who calls it
 * holds the row of the hook.
 */
export async function rememberEvents(
  tx: Tx,
  of: Of,
  at: Date,
  events: readonly (NamedEvent | null)[],
): Promise<number[]> {
  const known: number[] = [];
  for (let start = 0; start < events.length; start += chunk) {
    const places = new Map<string, number>();
    events.slice(start, start + chunk).forEach((event, offset) => {
      if (event === null) return;
      const mark = digest(event);
      if (places.has(mark)) known.push(start + offset);
      else places.set(mark, start + offset);
    });
    known.push(...(await findKnown(tx, of, at, places)));
  }
  return known.sort((a, b) => a - b);
}

async function findKnown(tx: Tx, of: Of, at: Date, places: ReadonlyMap<string, number>): Promise<number[]> {
  if (places.size === 0) return [];
  const rows = [...places.keys()].map((event) => ({ ...of, event, received_at: at.toISOString() }));
  const fresh: { event: string }[] = await tx('hook_events')
    .insert(rows)
    .onConflict(['workflow_id', 'path', 'event'])
    .ignore()
    .returning('event');
  const taken = new Set(fresh.map(({ event }) => event));
  const met = [...places.keys()].filter((event) => !taken.has(event));
  for (const event of await takeAnew(tx, of, at, met)) taken.add(event);
  return [...places].flatMap(([event, place]) => (taken.has(event) ? [] : [place]));
}

/** Those that came to nothing: their run failed or was stopped, or a person has dismissed them. From now on they are those of this call. */
async function takeAnew(tx: Tx, of: Of, at: Date, events: readonly string[]): Promise<string[]> {
  if (events.length === 0) return [];
  const rows: { event: string }[] = await tx('hook_events')
    .join('signals', (on) =>
      on
        .on('signals.workflow_id', 'hook_events.workflow_id')
        .andOn('signals.hook', 'hook_events.path')
        .andOn('signals.received_at', 'hook_events.received_at'),
    )
    .leftJoin('runs', 'runs.id', 'signals.run_id')
    .where({ 'hook_events.workflow_id': of.workflow_id, 'hook_events.path': of.path })
    .whereIn('hook_events.event', events)
    .andWhere((nothing) =>
      nothing
        .where({ 'signals.state': 'dismissed' })
        .orWhere((ended) => ended.where({ 'signals.state': 'taken' }).whereIn('runs.state', ['failed', 'stopped'])),
    )
    .distinct('hook_events.event as event');
  const anew = rows.map(({ event }) => event);
  if (anew.length > 0)
    await tx('hook_events')
      .where({ ...of })
      .whereIn('event', anew)
      .update({ received_at: at.toISOString() });
  return anew;
}

/**
 * Events that came then (ISO) were rejected: the same may come again, as when a schema has been corrected since. What was taken
 * again since is that of a later call, and stays.
 */
export async function freeEvents(db: Db, of: Of, at: string, events: readonly NamedEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += chunk)
    await db('hook_events')
      .where({ ...of, received_at: at })
      .whereIn('event', events.slice(start, start + chunk).map(digest))
      .delete();
}

/** Events are long and personal: a digest is all that it takes to know one again. */
function digest({ id, event }: NamedEvent): string {
  const content = JSON.stringify(sorted(event));
  return createHash('sha256').update(JSON.stringify(id)).update(content).digest('base64url');
}

/** In whatever order a sender writes the fields of an object, it says the same. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value).map(([name, one]) => [name, sorted(one)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `of` left out: those of every workflow. */
export async function forgetEvents(db: Db, before: string, of: { workflow_id?: string }): Promise<void> {
  await db('hook_events').where(of).andWhere('received_at', '<', before).delete();
}
