/** The ids of events that webhooks took. What comes again is known by them, whichever call brings it. */
import { createHash } from 'node:crypto';
import type { Db, Tx } from '../db/transaction.ts';

/** Ids that are written at once. */
const chunk = 200;

interface Of {
  workflow_id: string;
  path: string;
}

/**
 * Remembers those that are new. Gives the places of those that are known, be it from an earlier call or from a place before in
 * this one. One without an id (null) is never known. Who calls it holds the row of the hook.
 */
export async function rememberIds(tx: Tx, of: Of, at: Date, ids: readonly (string | null)[]): Promise<number[]> {
  const known: number[] = [];
  for (let start = 0; start < ids.length; start += chunk) {
    const places = new Map<string, number>();
    ids.slice(start, start + chunk).forEach((id, offset) => {
      if (id === null) return;
      const event = digest(id);
      if (places.has(event)) known.push(start + offset);
      else places.set(event, start + offset);
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
  return [...places].flatMap(([event, place]) => (taken.has(event) ? [] : [place]));
}

/**
 * Events that came then (ISO) were rejected: what is sent anew under their ids is taken. An id that was taken again since is
 * that of a later event, and stays.
 */
export async function freeIds(db: Db, of: Of, at: string, ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += chunk)
    await db('hook_events')
      .where({ ...of, received_at: at })
      .whereIn('event', ids.slice(start, start + chunk).map(digest))
      .delete();
}

/** Ids are of any length and may name a person: a digest is all that it takes to know one again. */
const digest = (id: string): string => createHash('sha256').update(id).digest('base64url');

/** `of` left out: those of every workflow. */
export async function forgetIds(db: Db, before: string, of: { workflow_id?: string }): Promise<void> {
  await db('hook_events').where(of).andWhere('received_at', '<', before).delete();
}
