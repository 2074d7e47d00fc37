import { describe, expect, test } from 'vitest';
import { never } from '../../contract/run.ts';
import type { NodeView } from '../state/run/runView.ts';
import { formatTime } from '../texts/format.ts';
import { nodeStatus } from './nodeStatus.ts';

const error = { code: 'REMOTE_BUSY', message: 'Salesforce answered 503.', action: 'Wait and run it again.' } as const;
const view = (patch: Partial<NodeView>): NodeView => ({
  taskId: 'k1',
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

describe('the line under a node', () => {
  test('is its summary while nothing is worth saying', () => {
    expect(nodeStatus(undefined)).toBeNull();
    expect(nodeStatus(view({}))).toBeNull();
    expect(nodeStatus(view({ state: 'succeeded', notice: { at: 'x', message: 'slow' } }))).toBeNull();
  });

  test('says why a node failed, and what to do when pointed at', () => {
    expect(nodeStatus(view({ state: 'failed', error }))).toEqual({
      text: 'Salesforce answered 503.',
      title: 'Salesforce answered 503.\nWait and run it again.',
      tone: 'err',
    });
    expect(nodeStatus(view({ state: 'ignored', error }))?.tone).toBe('rej');
  });

  test('says what a node waits for where no instant ends the wait', () => {
    const due = { at: never, reason: 'Waits for the signal go' };
    expect(nodeStatus(view({ state: 'waiting', due }))).toEqual({ text: due.reason, title: due.reason, tone: 'wait' });
  });

  test('says what a simulation left out, and what it did not come to', () => {
    const would = 'insert or update rows of people';
    expect(nodeStatus(view({ state: 'succeeded', would, rowsIn: 3 }))).toEqual({
      text: 'would write 3 rows',
      title:
        'Simulated: with 3 rows it would insert or update rows of people. Nothing was written, and what follows was not run.',
      tone: 'wait',
    });
    expect(nodeStatus(undefined, 'Write contacts')).toMatchObject({
      text: 'not run in a simulation',
      title: expect.stringContaining('“Write contacts” writes'),
    });
    expect(nodeStatus(view({ state: 'succeeded' }), 'Write contacts')).toBeNull();
  });

  test('says what keeps a running node busy', () => {
    const notice = { at: 'x', message: 'Salesforce answered 503; asking again in 2 s.' };
    expect(nodeStatus(view({ notice }))).toMatchObject({ text: notice.message, tone: 'rej' });
  });

  test('says when the next attempt begins, and which it is', () => {
    const due = { at: '2026-11-21T12:03:10.000Z', reason: '' };
    const status = nodeStatus(view({ state: 'pending', attempt: 1, error, due }));
    expect(status?.text).toBe(`again at ${formatTime(due.at)} (attempt 2)`);
    expect(status?.title).toContain(error.message);
  });

  test('says until when a node waits, and what for', () => {
    const due = { at: '2026-11-21T12:03:10.000Z', reason: 'Waits for the signal "go"' };
    expect(nodeStatus(view({ state: 'waiting', due }))).toMatchObject({
      text: expect.stringMatching(/^waits until .*\d\d:\d\d$/),
      title: expect.stringContaining('signal "go"'),
      tone: 'wait',
    });
  });
});
