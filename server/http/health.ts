import type { Request, Response } from 'express';
import { isSqlite } from '../db/transaction.ts';
import { readHealth } from '../engine/health.ts';
import type { Instance } from '../instance.ts';
import { readHold } from '../keeping/hold.ts';
import { sendJson } from './reply.ts';

/** A heart that is older than this does not beat: the engine's lease is as long. */
const staleMs = 20_000;

interface Health {
  ok: boolean;
  database: 'ok' | 'unreachable';
  /** Which one it is. */
  store: 'sqlite' | 'postgres';
  engine: 'ok' | 'stale' | 'none';
  /** Milliseconds since the engine's last heartbeat; null without an engine. */
  heartbeatAgeMs: number | null;
  /** Restored from a backup and not confirmed: nothing starts and nothing is sent. */
  held: boolean;
}

/** Touches the database, so that it says more than that a process exists. */
export async function checkHealth(instance: Pick<Instance, 'db' | 'clock' | 'log'>): Promise<Health> {
  const store = isSqlite(instance.db) ? 'sqlite' : 'postgres';
  try {
    const found = await readHealth(instance.db);
    const age = found ? Math.max(0, instance.clock.now().getTime() - Date.parse(found.beatAt)) : null;
    const engine = age === null ? 'none' : age > staleMs ? 'stale' : 'ok';
    const held = (await readHold(instance.db)) !== null;
    return { ok: true, database: 'ok', store, engine, heartbeatAgeMs: age, held };
  } catch (error) {
    instance.log.error({ err: error }, 'the database does not answer');
    return { ok: false, database: 'unreachable', store, engine: 'none', heartbeatAgeMs: null, held: false };
  }
}

/** `/healthz`: whether this process should live. An engine that is down is no reason to end the web process. */
export function answerHealth(instance: Instance) {
  return async (request: Request, response: Response): Promise<void> => {
    const health = await checkHealth(instance);
    await sendJson(request, response, health.ok ? 200 : 503, health);
  };
}

/** `/readyz`: whether it makes sense to send work here: database and engine are well and nothing is shutting down. */
export function answerReady(instance: Instance, closing: () => boolean) {
  return async (request: Request, response: Response): Promise<void> => {
    const health = await checkHealth(instance);
    const ready = health.ok && health.engine === 'ok' && !closing();
    await sendJson(request, response, ready ? 200 : 503, { ready, ...health, closing: closing() });
  };
}
