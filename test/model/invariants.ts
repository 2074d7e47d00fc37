/** What holds of every run whatever was drawn: no token is lost or taken twice, and the list of events has no gap. */
import { expect } from 'vitest';
import type { ArrivalRow, TaskRow } from '../../server/db/rows.ts';
import type { UnderTest } from '../engine/engineUnderTest.ts';
import type { Drawing } from './drawing.ts';

export async function checkInvariants(test: UnderTest, runId: string, { nodes }: Drawing): Promise<void> {
  const events = await test.events(runId);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  const tasks: TaskRow[] = await test.db('tasks').where({ run_id: runId });
  const arrivals: ArrivalRow[] = await test.db('arrivals').where({ run_id: runId });
  const reached = new Set(nodes.flatMap((node) => node.arrows.map(({ to }) => to)));
  for (const task of tasks) {
    const own = arrivals.filter((arrival) => arrival.task_id === task.id);
    const joins = nodes.find((node) => node.id === task.node_id)?.waitsForAll === true;
    // A join takes at least one token and at most one of each transition; any other node takes exactly one.
    expect(new Set(own.map((arrival) => arrival.transition_id)).size).toBe(own.length);
    if (reached.has(task.node_id)) expect(own.length)[joins ? 'toBeGreaterThan' : 'toBe'](joins ? 0 : 1);
  }
  const { state } = await test.read(runId);
  if (state === 'failed') return;
  expect(arrivals.filter((arrival) => arrival.state === 'waiting')).toEqual([]);
  const disabled = new Set(nodes.filter((node) => node.disabled).map((node) => node.id));
  const lost = arrivals.filter((arrival) => arrival.state === 'dropped' && !disabled.has(arrival.to_node));
  expect(lost).toEqual([]);
}
