import { expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../contract/run.ts';
import { findPort } from './findPort.ts';
import { reduceRun } from './reduceRun.ts';
import { emptyRunView, type RunView } from './runView.ts';

const run = {
  id: 'r',
  state: 'running',
  createdAt: 'x',
  endedAt: null,
  version: null,
  error: null,
  simulated: false,
} as const;
const activated = (transitionId: string, taskId: string, count: number): RunEventBody => ({
  type: 'transition.activated',
  ...{ transitionId, taskId, nodeId: 'import', port: 'success' },
  ...{ count, total: count },
});
function viewOf(...bodies: RunEventBody[]): RunView {
  const events = bodies.map((body, index) => ({ at: 'x', ...body, seq: index + 1 }) as RunEvent);
  return reduceRun(reduceRun(emptyRunView, { type: 'show', run }), { type: 'receive', runId: 'r', events });
}

test('rows that a run took over are found at the transition that carries them, though its node did nothing', () => {
  const view = viewOf(activated('t1', 'k1', 3));
  expect(view.nodes).toEqual({});
  expect(findPort(view, 'import', 'success')).toEqual({ count: 3, counting: false, earlier: 0, taskId: 'k1' });
  expect(findPort(view, 'import', 'reject')).toBeUndefined();
});

test('what the node itself gave comes first', () => {
  const again: RunEventBody = { type: 'task.created', taskId: 'k2', nodeId: 'import', pass: 1 };
  const view = viewOf(activated('t1', 'k1', 3), again, activated('t2', 'k2', 5));
  expect(findPort(view, 'import', 'success')).toEqual({ count: 5, counting: false, earlier: 0, taskId: 'k2' });
});
