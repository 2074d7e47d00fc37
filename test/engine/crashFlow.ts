import type { Workflow } from '../../contract/workflow.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import type { Acts } from './draw.ts';
import { actCatalog, draw } from './draw.ts';

export interface Mark {
  task: string;
  node: string;
  pass: number;
}

const branches = ['p', 'q', 'r', 's'];

/** Forks into four branches of four nodes, joins them, goes round three times, waits for a moment, ends. */
export const crashFlow: Workflow = draw(
  [
    'start -> fork',
    ...branches.flatMap((name) => [
      `fork -> ${name}1`,
      `${name}1 -> ${name}2`,
      `${name}2 -> ${name}3`,
      `${name}3 -> join`,
    ]),
    'join -> turn',
    'turn.again -> fork',
    'turn -> wait',
    'wait -> last',
  ].join(', '),
  { join: { type: 'all' } },
  {},
  'crash',
);

/** Every node leaves a mark; the names of those that have run, with how often, in a run without a crash. */
export const expectedMarks: Record<string, number> = Object.fromEntries([
  ['start', 1],
  ...['fork', 'join', 'turn', ...branches.flatMap((name) => [1, 2, 3].map((step) => `${name}${step}`))].map((name) => [
    name,
    3,
  ]),
  ['wait', 1],
  ['last', 1],
]);

export function crashCatalog(leaveMark: (mark: Mark) => Promise<void>): Catalog {
  const mark: Acts[string] = async ({ task, node, inputs }) => {
    await leaveMark({ task: task.id, node: node.name, pass: task.pass });
    if (node.name === 'join' && inputs.length !== branches.length) throw new Error('The join did not wait for all.');
    return {
      ports: { success: null },
      effects: [{ type: 'setInstanceVar', name: `${node.name}${task.pass}`, value: 1 }],
    };
  };
  const acts: Acts = Object.fromEntries(Object.keys(expectedMarks).map((name) => [name, mark]));
  acts.turn = async (context) => {
    await mark(context);
    const port = context.task.pass < 3 ? 'again' : 'success';
    return { ports: { [port]: null } };
  };
  acts.wait = async (context) => {
    if (!context.wake)
      return { waitUntil: new Date(context.clock.now().getTime() + 200).toISOString(), reason: 'test' };
    return mark(context);
  };
  return actCatalog(acts);
}
