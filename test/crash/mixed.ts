/**
 * A workflow of many kinds of nodes whose every effect is counted: three of them insert a row per record under a key that
 * no attempt makes twice, so that an effect that happened again would be seen as further rows, and a lost one as missing.
 */
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';

const records = 400;
const turns = 2;

const node = (
  name: string,
  type: string,
  config: WorkflowNode['config'],
  rest: Partial<WorkflowNode> = {},
): WorkflowNode => ({ id: name, type, name, label: name, x: 0, y: 0, config, ...rest });

const counting = (name: string, table: string): WorkflowNode =>
  node(name, 'update-data', {
    table,
    operation: 'insert',
    key: [
      {
        kind: 'expression',
        column: '',
        expression: 'activityName + ":" + record.id + ":" + Math.random()',
        destination: 'key',
        type: 'text',
      },
    ],
    columns: 'mapped',
    mapping: [
      {
        kind: 'expression',
        column: '',
        expression: 'activityName',
        destination: 'node',
        type: 'text',
        on: 'always',
        condition: '',
      },
    ],
  });

/** Where its effects are counted. */
export const countsTable = (workflow: string): string => `${workflow} counts`;

export function mixedWorkflow(internalName: string): Workflow {
  const table = countsTable(internalName);
  const make = `for (let id = 1; id <= ${records}; id += 1) emit({ id, email: 'person' + (id % ${records / 2}) + '@example.com' });`;
  const column = { kind: 'column', expression: '' };
  const nodes = [
    node('begin', 'start', {}),
    node('make', 'javascript-code', {
      mode: 'run',
      script: make,
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'email', type: 'text' },
      ],
    }),
    node('fork', 'fork', { branches: [{ name: 'now' }, { name: 'later' }] }),
    counting('countNow', table),
    node('pause', 'wait', { mode: 'duration', amount: 1, unit: 'seconds' }),
    counting('countLater', table),
    node('together', 'and-join', {}),
    node('turn', 'javascript-code', { mode: 'run', script: 'vars.turn = (vars.turn ?? 0) + 1;', columns: [] }),
    node('again', 'test', { conditions: [{ name: 'more', condition: `vars.turn < ${turns}` }], otherwise: true }),
    node('one', 'deduplication', { keys: [{ ...column, column: 'email', normalise: 'email' }], complement: true }),
    node('both', 'union', { sameBy: 'none' }),
    counting('countAll', table),
    node('end', 'end', {}),
  ];
  const arrows: [string, string][] = [
    ['begin.success', 'make'],
    ['make.success', 'fork'],
    ['fork.now', 'countNow'],
    ['fork.later', 'pause'],
    ['pause.success', 'countLater'],
    ['countNow.success', 'together'],
    ['countLater.success', 'together'],
    ['together.success', 'turn'],
    ['turn.success', 'again'],
    ['again.more', 'fork'],
    ['again.otherwise', 'one'],
    ['one.success', 'both'],
    ['one.duplicates', 'both'],
    ['both.success', 'countAll'],
    ['countAll.success', 'end'],
  ];
  return {
    formatVersion: 1,
    internalName,
    label: internalName,
    nodes,
    transitions: arrows.map(([from, to]) => {
      const [origin = '', port = ''] = from.split('.');
      return { id: `${origin}-${port}-${to}`, from: origin, port, to };
    }),
  };
}

/** Rows of the counting table by node. */
export const expectedCounts = { countNow: records * turns, countLater: records * turns, countAll: records };

/** Rows behind each port over the whole run: none of these populations may be empty or short. */
export const expectedRows = {
  'make.success': records,
  'fork.now': records * turns,
  'fork.later': records * turns,
  'pause.success': records * turns,
  'countNow.success': records * turns,
  'countLater.success': records * turns,
  'together.success': records * turns,
  'one.success': records / 2,
  'one.duplicates': records / 2,
  'both.success': records,
  'countAll.success': records,
};
