import { hostname } from 'node:os';
import { nowText } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import type { Host } from './host.ts';

export interface EngineHealth {
  engineId: string;
  pid: number;
  /** ISO. */
  beatAt: string;
}

/** The engine whose heart beat last; null if none runs. */
export async function readHealth(db: Db): Promise<EngineHealth | null> {
  const row: { id: string; pid: number; beat_at: string } | undefined = await db('engines')
    .orderBy('beat_at', 'desc')
    .first();
  return row ? { engineId: row.id, pid: row.pid, beatAt: row.beat_at } : null;
}

export async function registerEngine(host: Host): Promise<void> {
  const at = nowText(host.clock);
  const row = { id: host.engineId, pid: process.pid, host: hostname(), started_at: at, beat_at: at };
  await host.db('engines').insert(row).onConflict('id').merge(['beat_at']);
}

/** Makes it known again, too, if another engine took its row for that of one that is gone. */
export async function beatHeart(host: Host): Promise<void> {
  const beaten = await host
    .db('engines')
    .where({ id: host.engineId })
    .update({ beat_at: nowText(host.clock) });
  if (beaten === 0) await registerEngine(host);
}

/** Takes out the row of this engine; `others: true` instead those of all others, which are known to be gone. */
export async function removeEngines(host: Host, { others = false } = {}): Promise<void> {
  const rows = host.db('engines');
  await (others ? rows.whereNot({ id: host.engineId }) : rows.where({ id: host.engineId })).delete();
}

/** Milliseconds without a heartbeat after which an engine is no longer counted among those of a shared store. */
const silence = 60_000;

/** Takes out the rows of engines that ended without a word. One that only slept is counted again with its next heartbeat. */
export async function removeSilentEngines(host: Host): Promise<void> {
  await host.db('engines').where('beat_at', '<', nowText(host.clock, -silence)).delete();
}
