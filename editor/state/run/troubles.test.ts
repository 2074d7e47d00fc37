import { expect, test } from 'vitest';
import type { NodeView } from './runView.ts';
import { findTroubles } from './troubles.ts';

const error = { code: 'REMOTE_BUSY', message: 'Answered 503.', action: 'Run it again later.' } as const;
const node = (patch: Partial<NodeView>): NodeView => ({
  taskId: 'k',
  state: 'running',
  pass: 1,
  attempt: 1,
  progress: null,
  startedAt: null,
  durationMs: null,
  rowsIn: 0,
  error: null,
  due: null,
  notice: null,
  would: null,
  ports: {},
  ...patch,
});

test('the nodes in trouble are named with reason and action, the failed ones first', () => {
  const nodes = {
    fine: node({ state: 'succeeded' }),
    passed: node({ state: 'ignored', error }),
    slow: node({ notice: { at: 'x', message: 'Answered 503; asking again.' } }),
    asking: node({ state: 'waiting', due: { at: 'never', reason: 'Waits', asks: 'Send 7?' } }),
    later: node({ state: 'pending', error, due: { at: '2026-11-21T12:00:00.000Z', reason: '' } }),
    broken: node({ state: 'failed', error }),
  };
  expect(findTroubles({ nodes })).toEqual([
    { nodeId: 'broken', kind: 'failed', message: error.message, action: error.action, again: null },
    { nodeId: 'asking', kind: 'asks', message: 'Send 7?', action: '', again: null },
    { nodeId: 'later', kind: 'retry', message: error.message, action: '', again: '2026-11-21T12:00:00.000Z' },
    { nodeId: 'slow', kind: 'warning', message: 'Answered 503; asking again.', action: '', again: null },
    { nodeId: 'passed', kind: 'ignored', message: error.message, action: error.action, again: null },
  ]);
});

test('a warning that was overcome is no trouble', () => {
  const done = node({ state: 'succeeded', notice: { at: 'x', message: 'slow' } });
  expect(findTroubles({ nodes: { done, next: node({ state: 'pending' }) } })).toEqual([]);
});
