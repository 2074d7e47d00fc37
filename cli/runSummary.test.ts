import { describe, expect, it } from 'vitest';
import type { RunEvent, TaskSummary } from '../contract/run.ts';
import type { RunDetail } from '../server/runs/readRuns.ts';
import { describeReport } from './reportText.ts';
import { reportRun } from './runSummary.ts';

const task = (id: string, nodeId: string, more: Partial<TaskSummary> = {}): TaskSummary => ({
  id,
  nodeId,
  state: 'succeeded',
  attempt: 1,
  pass: 1,
  due: null,
  startedAt: null,
  endedAt: null,
  durationMs: 100,
  progress: null,
  rowsIn: 0,
  error: null,
  outputs: {},
  vars: {},
  taskVars: {},
  ...more,
});
const output = (count: number | null) => ({ count, table: null, kept: true });
const place = { x: 0, y: 0, config: {}, type: 'start' };
const detail: RunDetail = {
  id: 'r1',
  workflow: 'flow',
  workflowLabel: 'Flow',
  version: null,
  state: 'succeeded with rejects',
  origin: { kind: 'cli', by: 'flow.json' },
  createdAt: '2024-05-01T10:00:00.000Z',
  startedAt: '2024-05-01T10:00:01.000Z',
  endedAt: '2024-05-01T10:00:03.500Z',
  rejects: 4,
  error: null,
  simulated: false,
  lastSeq: 9,
  instanceVars: {},
  workflowFile: {
    formatVersion: 1,
    internalName: 'flow',
    label: 'Flow',
    nodes: [
      { id: 'a', name: 'read', label: 'Read', ...place },
      { id: 'b', name: 'write', label: 'Write', ...place },
    ],
    transitions: [
      { id: 't1', from: 'a', port: 'success', to: 'b' },
      { id: 't2', from: 'a', port: 'error', to: 'b' },
    ],
  },
  tasks: [
    task('1', 'a', { attempt: 3, state: 'failed', outputs: { success: output(10), reject: output(4) } }),
    task('2', 'a', { pass: 2, rowsIn: 7, outputs: { success: output(20), done: output(null) } }),
    task('3', 'b', { rowsIn: 30 }),
  ],
};
const at = '2024-05-01T10:00:02.000Z';
const activated = (seq: number, count: number, total: number): RunEvent => ({
  seq,
  at,
  type: 'transition.activated',
  transitionId: 't1',
  taskId: '1',
  nodeId: 'a',
  port: 'success',
  count,
  total,
});
const events: RunEvent[] = [
  activated(1, 10, 10),
  activated(2, 20, 30),
  { seq: 3, at, type: 'option.set', name: 'colour', old: null, new: 'blue', taskId: '2' },
  { seq: 4, at, type: 'option.set', name: 'colour', old: 'blue', new: 'red', taskId: '2' },
  { seq: 5, at, type: 'alarm', severity: 'warning', message: 'Look here.', taskId: null, nodeId: null },
];

describe('the report of a run', () => {
  const report = reportRun(detail, events);

  it('sums up attempts, passes and durations of each node, by its name', () => {
    expect(report.nodes).toEqual({
      read: { state: 'succeeded', attempts: 4, passes: 2, durationMs: 200, rowsIn: 7, error: null },
      write: { state: 'succeeded', attempts: 1, passes: 1, durationMs: 100, rowsIn: 30, error: null },
    });
  });

  it('counts the rows of transitions that were taken, and of every port', () => {
    expect(report.transitions).toEqual([{ id: 't1', from: 'read.success', to: 'write', count: 30 }]);
    expect(report.ports).toEqual({ 'read.success': 30, 'read.reject': 4, 'read.done': null });
  });

  it('gives the last value of each option, the alarms and the duration', () => {
    expect(report).toMatchObject({ options: { colour: 'red' }, alarms: ['Look here.'], durationMs: 2_500, rejects: 4 });
  });

  it('reads well', () => {
    expect(describeReport(report)).toBe(
      [
        'flow: succeeded with rejects in 2.5 s (run r1)',
        '  read.success            30',
        '  read.reject              4',
        '  4 rejects',
        '  colour = red',
        '  Look here.',
        '',
      ].join('\n'),
    );
  });
});
