import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NodeContext, NodeOutcome } from '../../nodes/kit/run.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import type { Acts } from './draw.ts';
import { actCatalog, draw } from './draw.ts';

/** Name of the table of local data. */
export const marksTable = 'marks';

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
  Object.fromEntries(
    [
      'start',
      'fork',
      'join',
      'turn',
      'wait',
      'last',
      ...branches.flatMap((name) => [1, 2, 3].map((n) => `${name}${n}`)),
    ].map((name) => [name, { config: { rows: true }, type: name === 'join' ? 'all' : 'act' }]),
  ),
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

const columns: Column[] = [
  { name: 'task', label: 'Task', type: 'text' },
  { name: 'node', label: 'Node', type: 'text' },
  { name: 'pass', label: 'Pass', type: 'integer' },
];

/** Inserts one row into local data: a second time would be refused, because the task is the key. */
async function leaveMark(context: NodeContext): Promise<TableRef> {
  const { task, node } = context;
  const writer = await context.writer({ columns, name: 'mark' });
  await writer.append([[task.id, node.name, task.pass]]);
  const table = await writer.finish();
  await context.ensureLocalTable(marksTable, columns, ['task']);
  await context.once('mark', {
    table: marksTable,
    operation: 'insert',
    source: scan(table),
    key: ['task'],
    values: [{ name: 'node' }, { name: 'pass' }],
  });
  return table;
}

export function crashCatalog(): Catalog {
  const mark = async (context: NodeContext): Promise<NodeOutcome> => {
    const { node, inputs, task } = context;
    if (node.name === 'join' && inputs.length !== branches.length) throw new Error('The join did not wait for all.');
    const ports = { success: await leaveMark(context) };
    return { ports, effects: [{ type: 'setInstanceVar', name: `${node.name}${task.pass}`, value: 1 }] };
  };
  const acts: Acts = Object.fromEntries(Object.keys(expectedMarks).map((name) => [name, mark]));
  acts.turn = async (context) => {
    const { ports } = await mark(context);
    return { ports: { [context.task.pass < 3 ? 'again' : 'success']: ports.success ?? null } };
  };
  acts.wait = async (context) => {
    if (context.wake) return mark(context);
    return { waitUntil: new Date(context.clock.now().getTime() + 200).toISOString(), reason: 'the test' };
  };
  return actCatalog(acts);
}
