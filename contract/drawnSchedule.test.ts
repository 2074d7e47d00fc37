import { expect, test } from 'vitest';
import { drawnSchedule } from './drawnSchedule.ts';
import { defineNode, type NodeDefinition } from './node.ts';
import type { WorkflowNode } from './workflow.ts';

const clock = defineNode({
  type: 'clock',
  starts: 'schedule',
  config: { safeParse: (data: unknown) => ({ success: true, data }) },
  defaults: {},
  summary: ({ at }: { at: string }) => `daily at ${at}`,
} as unknown as NodeDefinition<{ at: string }>);
const plain = defineNode({ ...clock, type: 'plain', starts: null });
const catalog = new Map([clock, plain].map((definition) => [definition.type, definition]));
const node = (type: string, at: string, more: Partial<WorkflowNode> = {}): WorkflowNode => ({
  id: at.replace(':', ''),
  type,
  name: 'n',
  label: 'n',
  x: 0,
  y: 0,
  config: { at },
  ...more,
});

test('the schedules that are drawn are said in the words of their nodes', () => {
  const nodes = [node('clock', '02:00'), node('plain', '03:00'), node('clock', '14:00'), node('gone', '04:00')];
  expect(drawnSchedule({ nodes }, catalog)).toBe('daily at 02:00; daily at 14:00');
});

test('a schedule that is switched off is none', () => {
  expect(drawnSchedule({ nodes: [node('clock', '02:00', { execution: 'disabled' })] }, catalog)).toBeNull();
  expect(drawnSchedule({ nodes: [] }, catalog)).toBeNull();
});
