import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody, RunState } from '../../../contract/run.ts';
import { nodeCommands } from './nodeCommands.ts';
import { reduceRun } from './reduceRun.ts';
import { emptyRunView, type RunView } from './runView.ts';

const drawn = [{ id: 't1', from: 'import', port: 'success', to: 'write' }];
const error = { code: 'REMOTE_BUSY', message: 'Answered 503.', action: 'Later.' } as const;
const place = { taskId: 'k2', nodeId: 'write' };

function viewOf(...bodies: RunEventBody[]): RunView {
  const run = {
    id: 'r',
    state: 'queued' as RunState,
    createdAt: 'x',
    endedAt: null,
    version: null,
    error: null,
    simulated: false,
  };
  const events = bodies.map((body, index) => ({ at: 'x', ...body, seq: index + 1 }) as RunEvent);
  return reduceRun(reduceRun(emptyRunView, { type: 'show', run }), { type: 'receive', runId: 'r', events });
}
const imported: RunEventBody[] = [
  { type: 'run.state', state: 'running' },
  { type: 'task.created', taskId: 'k1', nodeId: 'import', pass: 1 },
  {
    type: 'transition.activated',
    transitionId: 't1',
    taskId: 'k1',
    nodeId: 'import',
    port: 'success',
    count: 3,
    total: 3,
  },
  { type: 'task.created', ...place, pass: 1 },
];

describe('what may be asked of a node', () => {
  test('is nothing without a run', () => {
    expect(nodeCommands(emptyRunView, 'write', drawn)).toEqual({ from: false, retry: false, wake: false });
  });

  test('a run may begin at it with what came to it', () => {
    expect(nodeCommands(viewOf(...imported), 'write', drawn).from).toBe(true);
    expect(nodeCommands(viewOf(), 'write', drawn).from).toBe(false);
    expect(nodeCommands(viewOf(...imported), 'import', drawn).from).toBe(false);
  });

  test('a failed node is retried once its run has ended', () => {
    const failed: RunEventBody = { type: 'task.failed', ...place, attempt: 1, durationMs: 1, error, outcome: 'failed' };
    expect(nodeCommands(viewOf(...imported, failed), 'write', drawn).retry).toBe(false);
    const ended = viewOf(...imported, failed, { type: 'run.state', state: 'failed', reason: error });
    expect(nodeCommands(ended, 'write', drawn).retry).toBe(true);
    expect(nodeCommands(ended, 'import', drawn).retry).toBe(false);
  });

  test('what waits is executed now, until the run is over', () => {
    const waits: RunEventBody = { type: 'task.waiting', ...place, until: '2026-11-21T14:00:00.000Z', reason: 'Waits' };
    expect(nodeCommands(viewOf(...imported, waits), 'write', drawn).wake).toBe(true);
    expect(nodeCommands(viewOf(...imported, { ...waits, asks: 'Go on?' }), 'write', drawn).wake).toBe(false);
    const again = { type: 'task.retry', ...place, attempt: 1, at: '2026-11-21T14:00:00.000Z', error } as const;
    expect(nodeCommands(viewOf(...imported, again), 'write', drawn).wake).toBe(true);
    expect(nodeCommands(viewOf(...imported), 'write', drawn).wake).toBe(false);
    const stopped = viewOf(...imported, waits, { type: 'run.state', state: 'stopped' });
    expect(nodeCommands(stopped, 'write', drawn).wake).toBe(false);
  });
});
