import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../contract/run.ts';
import type { Workflow } from '../contract/workflow.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';

const node = (id: string, label: string) => ({ id, type: 'start', name: `${id}_name`, label, x: 0, y: 0, config: {} });
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'flow',
  label: 'Flow',
  nodes: [node('a', 'Read'), node('b', 'Write to table')],
  transitions: [],
};
const events = (...bodies: RunEventBody[]): RunEvent[] => bodies.map((body, seq) => ({ seq, at: 'x', ...body }));
const place = { taskId: 't', nodeId: 'a' };
const started: RunEventBody = { type: 'task.started', ...place, attempt: 1 };
const halfway: RunEventBody = {
  type: 'task.progress',
  ...place,
  progress: { done: 12_000, total: 20_000, unit: 'records' },
  ports: {},
};
const done: RunEventBody = {
  type: 'task.succeeded',
  ...place,
  attempt: 1,
  durationMs: 1_234,
  ports: { success: 20_000, reject: 3, other: null },
  rowsIn: 0,
};

function shown(isTTY: boolean, ...batches: RunEvent[][]): string {
  const err = Object.assign(new PassThrough(), { isTTY, columns: 60 });
  const progress = createProgress(workflow, { out: err, err } satisfies Terminal);
  for (const batch of batches) progress.show(batch);
  progress.end();
  return String(err.read() ?? '');
}

describe('progress that is not shown on a terminal', () => {
  it('says when an attempt was lost with its engine', () => {
    const again: RunEventBody = { ...started, attempt: 2, tookOver: true };
    expect(shown(false, events(started, again))).toBe(
      '◐ a_name: started\n◐ a_name: attempt 2 (the engine of the one before ended)\n',
    );
  });

  it('is one line for each thing that happened, without what changes all the time', () => {
    const text = shown(false, events(started, halfway), events(done, { type: 'run.state', state: 'succeeded' }));
    expect(text).toBe('◐ a_name: started\n✓ a_name: success 20,000 · reject 3 · 1.2 s\nrun succeeded\n');
  });

  it('says of failures, waits and options what a person has to know', () => {
    const error = { code: 'SCRIPT_FAILED' as const, message: 'It failed.', action: 'Mend it.' };
    const text = shown(
      false,
      events(
        { type: 'task.waiting', ...place, until: '2024-05-01T10:00:00.000Z', reason: 'five minutes' },
        { type: 'task.retry', ...place, attempt: 2, at: '2024-05-01T11:00:00.000Z', error },
        { type: 'task.failed', ...place, attempt: 2, durationMs: 1, error, outcome: 'failed' },
        { type: 'option.set', name: 'LASTIMPORT_x', old: null, new: '2024/05/01 10:00:00', taskId: 't' },
        { type: 'alarm', severity: 'warning', message: 'Look here.', taskId: null, nodeId: null },
      ),
    );
    expect(text.split('\n')).toEqual([
      '· a_name: waits until 2024-05-01T10:00:00.000Z (five minutes)',
      '↻ a_name: will be tried again at 2024-05-01T11:00:00.000Z: It failed.',
      '▲ a_name: It failed. Mend it.',
      'option LASTIMPORT_x = 2024/05/01 10:00:00',
      'warning: Look here.',
      '',
    ]);
  });

  it('never passes control characters of other systems to the terminal', () => {
    const message = 'red \u001b[31m and a bell \u0007';
    const text = shown(false, events({ type: 'alarm', severity: 'error', message, taskId: null, nodeId: null }));
    expect(text).toBe('error: red  [31m and a bell  \n');
  });
});

describe('progress on a terminal', () => {
  it('is one line per node, which is drawn again in place', () => {
    const text = shown(true, events(started, halfway));
    expect(text).toBe('\u001b[2K◐ Read            12,000 of 20,000 records\n\u001b[2K· Write to table  \n');
  });

  it('keeps notices above the lines, and cuts what is too wide', () => {
    const message = 'x'.repeat(100);
    const text = shown(true, events({ type: 'alarm', severity: 'error', message, taskId: null, nodeId: null }, done));
    const lines = text.split('\n');
    expect(lines[0]).toBe(`\u001b[2Kerror: ${'x'.repeat(52)}`);
    expect(lines[1]).toBe('\u001b[2K✓ Read            success 20,000 · reject 3 · 1.2 s');
  });
});
