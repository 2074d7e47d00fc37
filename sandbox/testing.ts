import { readdirSync, readFileSync } from 'node:fs';
import type { SandboxContext } from './types.ts';

/** A context as a task would give it, for tests. */
export function contextWith(changes: Partial<SandboxContext> = {}): SandboxContext {
  return {
    vars: { country: 'France', count: 2 },
    instance: { vars: { pass: 1 }, internalName: 'contactSync', label: 'Contact sync' },
    activityName: 'script1',
    activity: { name: 'script1', label: 'Script' },
    task: { id: 'task-1', attempt: 1 },
    event: { recCount: 7 },
    options: { LASTIMPORT_contactSync: '2026/03/01 00:00:00' },
    now: '2026-03-08T06:30:00.000Z',
    timeZone: 'America/New_York',
    ...changes,
  };
}

/** How many threads of the sandbox this process has. Linux only. */
export function countSandboxThreads(): number {
  const names = readdirSync('/proc/self/task').map((id) => readThreadName(id));
  return names.filter((name) => name === 'sandbox').length;
}

function readThreadName(id: string): string {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim();
  } catch (error) {
    // A thread that ended since the folder was read.
    return String(error);
  }
}

/** Counts turns of the event loop, and the longest time between two, until it is stopped. */
export function watchEventLoop(): { stop(): { turns: number; longestMs: number } } {
  let turns = 0;
  let longestMs = 0;
  let last = performance.now();
  let isOver = false;
  const turn = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    stop() {
      isOver = true;
      return { turns, longestMs };
    },
  };
}
