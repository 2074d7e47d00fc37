/** What is done to engines while a run goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Strike } from './drawing.ts';
import type { Stage } from './stage.ts';

/** Milliseconds: longer than a request may be on its way, and than a lease. */
export const longTime = 750_000;
/** Longer than a lease alone. */
const leaseTime = 25_000;

/** How many strikes of each kind met an engine. */
export type Met = Record<Strike['kind'], number>;

/** Strikes until all have come or the run is over. */
export async function strikeAll(stage: Stage, strikes: readonly Strike[], over: AbortSignal): Promise<Met> {
  const { remote } = stage;
  const begun = await remote.requests();
  const met: Met = { kill: 0, sleep: 0 };
  for (const strike of strikes.toSorted((one, other) => one.request - other.request)) {
    while (!over.aborted && (await remote.requests()) < begun + strike.request) await pause(5);
    await pause(strike.delay);
    if (over.aborted) return met;
    met[strike.kind] += await play(stage, strike);
  }
  return met;
}

export async function play(
  stage: Stage,
  { kind, which, length }: Pick<Strike, 'kind' | 'which' | 'length'>,
): Promise<number> {
  const engines = await stage.engines();
  const pid = engines[Math.floor(which * engines.length)];
  if (pid === undefined || !signal(pid, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')) return 0;
  if (kind === 'kill') stage.clock.step(leaseTime);
  else {
    stage.clock.step(longTime);
    // Meanwhile another engine, if there is one, takes its task over.
    await pause(length);
    signal(pid, 'SIGCONT');
  }
  return 1;
}

/** Whether it was there: a process that an earlier kill hit may be listed until its parent has noticed. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
