import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../contract/run.ts';
import { countText } from '../../canvas/countText.ts';
import { reduceRun } from './reduceRun.ts';
import { emptyRunView, type RunView } from './runView.ts';

const run = {
  id: 'r1',
  state: 'queued',
  createdAt: '2026-11-21T13:58:00.000Z',
  endedAt: null,
  version: 3,
  error: null,
  simulated: false,
} as const;
const shown = (): RunView => reduceRun(emptyRunView, { type: 'show', run });
const numbered = (bodies: RunEventBody[], from = 1): RunEvent[] =>
  bodies.map(
    (body, index) =>
      ({
        ...body,
        seq: from + index,
        at: `2026-11-21T13:58:${String(from + index).padStart(2, '0')}.000Z`,
      }) as RunEvent,
  );
const receive = (view: RunView, bodies: RunEventBody[], from = view.lastSeq + 1): RunView =>
  reduceRun(view, { type: 'receive', runId: 'r1', events: numbered(bodies, from) });

const place = { taskId: 'k1', nodeId: 'import' };
const error = {
  code: 'REMOTE_BUSY',
  message: 'The outside system answered 503.',
  action: 'Wait and retry; nothing was lost.',
} as const;
const started: RunEventBody[] = [
  { type: 'run.state', state: 'running' },
  { type: 'task.created', ...place, pass: 1 },
  { type: 'task.started', ...place, attempt: 1 },
];

describe('the run view', () => {
  test('shows a running node with its progress, and a port that is still counting', () => {
    const view = receive(shown(), [
      ...started,
      {
        type: 'task.progress',
        ...place,
        progress: { done: 400, total: 1_000, unit: 'rows' },
        ports: { success: 390, reject: 10 },
      },
    ]);
    expect(view.state).toBe('running');
    expect(view.nodes.import).toMatchObject({ state: 'running', attempt: 1, progress: { done: 400, total: 1_000 } });
    expect(view.nodes.import?.ports.success).toEqual({ count: 390, counting: true, earlier: 0, taskId: 'k1' });
  });

  test('ends counting and puts the count on the transition when the node has succeeded', () => {
    const view = receive(receive(shown(), started), [
      {
        type: 'task.succeeded',
        ...place,
        attempt: 1,
        durationMs: 3_100,
        ports: { success: 988, reject: 12 },
        rowsIn: 0,
      },
      { type: 'transition.activated', transitionId: 't1', ...place, port: 'success', count: 988, total: 988 },
      { type: 'port.activated', ...place, port: 'reject', count: 12 },
    ]);
    expect(view.nodes.import).toMatchObject({ state: 'succeeded', durationMs: 3_100, progress: null });
    expect(view.nodes.import?.ports).toEqual({
      success: { count: 988, counting: false, earlier: 0, taskId: 'k1' },
      reject: { count: 12, counting: false, earlier: 0, taskId: 'k1' },
    });
    expect(view.transitions.t1).toMatchObject({ count: 988, total: 988, taskId: 'k1', port: 'success' });
  });

  test('takes nothing but the head of a run when it is shown: the rest comes by its events', () => {
    const detail = { ...run, lastSeq: 40, tasks: [{ id: 'k1' }], nodes: { import: {} } };
    expect(reduceRun(emptyRunView, { type: 'show', run: detail })).toMatchObject({ lastSeq: 0, tasks: {}, nodes: {} });
  });

  test('events that arrive twice, as after a reconnection, count once', () => {
    const events = numbered([
      ...started,
      { type: 'task.log', ...place, lines: [{ at: 'x', level: 'info', message: 'page 1' }] },
    ]);
    const once = reduceRun(shown(), { type: 'receive', runId: 'r1', events });
    expect(reduceRun(once, { type: 'receive', runId: 'r1', events })).toBe(once);
    expect(once.log).toHaveLength(1);
  });

  test('events of another run are passed over', () => {
    const view = shown();
    expect(reduceRun(view, { type: 'receive', runId: 'r2', events: numbered(started) })).toBe(view);
  });

  test('a retry keeps the error and says when; the next attempt clears both', () => {
    const failed = receive(shown(), [
      ...started,
      { type: 'task.retry', ...place, attempt: 1, error, at: '2026-11-21T14:00:00.000Z' } as RunEventBody,
    ]);
    expect(failed.nodes.import).toMatchObject({ state: 'pending', error });
    expect(failed.nodes.import?.due).not.toBeNull();
    expect(failed.log.at(-1)?.level).toBe('warning');
    const again = receive(failed, [{ type: 'task.started', ...place, attempt: 2 }]);
    expect(again.nodes.import).toMatchObject({ state: 'running', attempt: 2, error: null, due: null });
  });

  test('a waiting node says until when', () => {
    const view = receive(shown(), [
      ...started,
      { type: 'task.waiting', ...place, until: '2026-11-21T14:03:00.000Z', reason: 'Waits 5 minutes' },
    ]);
    expect(view.nodes.import).toMatchObject({
      state: 'waiting',
      due: { at: '2026-11-21T14:03:00.000Z', reason: 'Waits 5 minutes' },
    });
  });

  test('a waiting node says what it asks, until that is answered', () => {
    const asks: RunEventBody = { type: 'task.waiting', ...place, until: 'never', reason: 'Waits', asks: 'Send 7?' };
    const view = receive(shown(), [...started, asks]);
    expect(view.nodes.import?.due).toEqual({ at: 'never', reason: 'Waits', asks: 'Send 7?' });
    const decided: RunEventBody = { type: 'task.decided', ...place, approved: true, by: 'user:ann', note: '' };
    expect(receive(view, [decided]).nodes.import?.due).toBeNull();
    expect(receive(view, [decided]).log.at(-1)?.message).toBe('Approved by user:ann.');
  });

  test('a running node keeps its latest warning until it gets further', () => {
    const warn = (message: string): RunEventBody => ({
      type: 'task.log',
      ...place,
      lines: [
        { at: 'x', level: 'warning', message },
        { at: 'x', level: 'info', message: 'page 3' },
      ],
    });
    const progress = (done: number): RunEventBody => ({
      type: 'task.progress',
      ...place,
      progress: { done, total: null, unit: 'rows' },
      ports: {},
    });
    const busy = receive(shown(), [
      ...started,
      progress(200),
      warn('Answered 503.'),
      warn('Still 503.'),
      progress(200),
    ]);
    expect(busy.nodes.import?.notice?.message).toBe('Still 503.');
    expect(receive(busy, [progress(400)]).nodes.import?.notice).toBeNull();
    expect(receive(busy, [{ type: 'task.started', ...place, attempt: 2 }]).nodes.import?.notice).toBeNull();
  });

  test('a task that was taken over after a crash says so in the log', () => {
    const view = receive(receive(shown(), started), [{ type: 'task.started', ...place, attempt: 2, tookOver: true }]);
    expect(view.log.at(-1)).toMatchObject({ level: 'warning', nodeId: 'import' });
    expect(view.log.at(-1)?.message).toMatch(/after a crash \(attempt 2\)/);
    expect(receive(shown(), started).log).toEqual([]);
  });

  test('a node that a simulation left out says what it would have done, until it runs', () => {
    const done: RunEventBody = { type: 'task.succeeded', ...place, attempt: 1, durationMs: 1, ports: {}, rowsIn: 9 };
    const left = receive(receive(shown(), started), [
      done,
      { type: 'task.simulated', ...place, would: 'upsert by Id', rowsIn: 9 },
    ]);
    expect(left.nodes.import).toMatchObject({ state: 'succeeded', would: 'upsert by Id', rowsIn: 9 });
    expect(receive(left, [{ type: 'task.started', ...place, attempt: 2 }]).nodes.import?.would).toBeNull();
  });

  test('a second pass takes the card; a late word of the first does not take it back', () => {
    const view = receive(shown(), [
      ...started,
      { type: 'task.created', taskId: 'k2', nodeId: 'import', pass: 2 },
      { type: 'task.started', taskId: 'k2', nodeId: 'import', attempt: 1 },
      { type: 'task.stopped', ...place },
    ]);
    expect(view.nodes.import).toMatchObject({ taskId: 'k2', pass: 2, state: 'running' });
    expect(view.tasks.k1?.state).toBe('stopped');
    expect(Object.keys(view.tasks)).toEqual(['k1', 'k2']);
  });

  test('what left by a port in earlier passes is added up beside what left in the last one', () => {
    const pass = (taskId: string, counts: number[]): RunEventBody[] => [
      { type: 'task.created', taskId, nodeId: 'import', pass: 1 },
      {
        type: 'task.progress',
        taskId,
        nodeId: 'import',
        progress: { done: 1, total: null, unit: 'rows' },
        ports: { success: 1 },
      },
      ...counts.map(
        (count): RunEventBody => ({ type: 'port.activated', taskId, nodeId: 'import', port: 'success', count }),
      ),
    ];
    const view = receive(shown(), [...pass('k1', [5]), ...pass('k2', [4, 4]), ...pass('k3', [3])]);
    expect(view.nodes.import?.ports.success).toEqual({ count: 3, counting: false, earlier: 9, taskId: 'k3' });
    expect(countText(view.nodes.import!.ports.success!)).toBe('3 of 12');
  });

  test('rows that a pass counted before it failed left by no port; passes side by side count each once', () => {
    const counting = (taskId: string, count: number): RunEventBody => ({
      type: 'task.progress',
      taskId,
      nodeId: 'import',
      progress: { done: count, total: null, unit: 'rows' },
      ports: { success: count },
    });
    const created = (taskId: string, pass: number): RunEventBody => ({
      type: 'task.created',
      taskId,
      nodeId: 'import',
      pass,
    });
    const ended = (taskId: string, count: number): RunEventBody[] => [
      {
        type: 'task.succeeded',
        taskId,
        nodeId: 'import',
        attempt: 1,
        durationMs: 1,
        ports: { success: count },
        rowsIn: 0,
      },
      { type: 'port.activated', taskId, nodeId: 'import', port: 'success', count },
    ];
    const port = (...bodies: RunEventBody[]) => receive(shown(), bodies).nodes.import?.ports.success;
    const failed: RunEventBody = {
      type: 'task.failed',
      taskId: 'k1',
      nodeId: 'import',
      attempt: 1,
      durationMs: 1,
      error: { code: 'BUG', message: 'No.', action: 'Wait.' },
      outcome: 'transition',
    };
    expect(port(created('k1', 1), counting('k1', 390), failed, created('k2', 2), ...ended('k2', 3))).toEqual({
      count: 3,
      counting: false,
      earlier: 0,
      taskId: 'k2',
    });
    const both = [created('k1', 1), counting('k1', 390), created('k2', 2)];
    const later = { count: 3, counting: false, earlier: 988, taskId: 'k2' };
    expect(port(...both, counting('k2', 1), ...ended('k1', 988), ...ended('k2', 3))).toEqual(later);
    expect(port(...both, ...ended('k1', 988), ...ended('k2', 3))).toEqual(later);
    expect(port(...both, ...ended('k2', 3), ...ended('k1', 988))).toEqual(later);
  });

  test('a failed node is failed or ignored as its node says, and the run ends with its reason', () => {
    const fail = (outcome: 'failed' | 'ignored'): RunView =>
      receive(shown(), [
        ...started,
        { type: 'task.failed', ...place, attempt: 3, durationMs: 10, error, outcome },
        { type: 'run.state', state: 'failed', reason: error },
      ]);
    expect(fail('failed').nodes.import?.state).toBe('failed');
    expect(fail('ignored').nodes.import?.state).toBe('ignored');
    expect(fail('failed')).toMatchObject({ state: 'failed', error, endedAt: '2026-11-21T13:58:05.000Z' });
    expect(fail('failed').log.at(-1)).toMatchObject({ level: 'error', message: `${error.message} ${error.action}` });
  });

  test('nodes that an event does not name keep their identity', () => {
    const before = receive(shown(), [...started, { type: 'task.created', taskId: 'k9', nodeId: 'other', pass: 1 }]);
    const after = receive(before, [{ type: 'task.started', taskId: 'k9', nodeId: 'other', attempt: 1 }]);
    expect(after.nodes.import).toBe(before.nodes.import);
  });

  test('a very long log drops its oldest lines and counts them', () => {
    const lines = Array.from({ length: 21_000 }, (_, index) => ({
      at: 'x',
      level: 'info' as const,
      message: `line ${index}`,
    }));
    const view = receive(shown(), [{ type: 'task.log', ...place, lines }]);
    expect(view.log).toHaveLength(20_000);
    expect(view.dropped).toBe(1_000);
    expect(view.log[0]?.message).toBe('line 1000');
  });

  test('a view that was given out never changes afterwards', () => {
    const before = receive(shown(), started);
    const copy = structuredClone(before);
    receive(before, [
      { type: 'task.succeeded', ...place, attempt: 1, durationMs: 1, ports: { success: 1 }, rowsIn: 0 },
    ]);
    expect(before).toEqual(copy);
  });

  test('leaving a run shows none', () => {
    expect(reduceRun(receive(shown(), started), { type: 'leave' })).toBe(emptyRunView);
  });
});
