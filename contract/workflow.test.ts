import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { canRun, checkWorkflow, parseWorkflow } from './check.ts';
import { buildGraph, graphColumns, inputColumns, manualStarts, reachableFrom } from './graph.ts';
import type { NodeCatalog, NodeDefinition } from './node.ts';
import { defineNode, nodePorts } from './node.ts';
import { formatCursor, parseCursor } from './run.ts';
import type { Column } from './types.ts';
import type { Workflow, WorkflowNode } from './workflow.ts';
import { internalNameSchema, sameWorkflow, serializeWorkflow, workflowJsonSchema } from './workflow.ts';

const email: Column = { name: 'Email', label: 'E-mail', type: 'text' };

function nodeType(
  type: string,
  over: Partial<NodeDefinition<Record<string, unknown>>> = {},
): NodeDefinition<Record<string, unknown>> {
  return defineNode<Record<string, unknown>>({
    type,
    label: type,
    description: '',
    group: 'data',
    icon: 'IconBox',
    keywords: [],
    config: z.object({}).loose(),
    defaults: {},
    form: [],
    inputs: { min: 1, max: 1, join: 'each', rows: 'required' },
    starts: null,
    ports: () => [{ name: 'success', label: 'Success', kind: 'success', rows: true }],
    columns: (_, inputs) => ({ success: inputs[0]?.columns ?? null }),
    summary: () => '',
    ...over,
  });
}
const catalog: NodeCatalog = new Map(
  [
    nodeType('source', {
      starts: 'manual',
      inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
      columns: () => ({ success: [email] }),
    }),
    nodeType('pass'),
    nodeType('join', { inputs: { min: 1, max: null, join: 'all', rows: 'optional' } }),
    nodeType('strict', { config: z.object({ key: z.string().min(1, 'name the key') }) }),
  ].map((definition) => [definition.type, definition]),
);
const node = (id: string, type = 'pass', config = {}): WorkflowNode => ({
  id,
  type,
  name: id,
  label: id,
  x: 0,
  y: 0,
  config,
});
function workflow(nodes: WorkflowNode[], arrows: string[]): Workflow {
  const transitions = arrows.map((arrow, index) => {
    const [from = '', to = '', port = 'success'] = arrow.split(/[>:]/);
    return { id: `t${index}`, from, to, port };
  });
  return { formatVersion: 1, internalName: 'contacts', label: 'Contacts', nodes, transitions };
}
const codes = (drawn: Workflow): string[] => checkWorkflow(drawn, catalog).map((issue) => issue.code);

describe('the workflow file', () => {
  test('the same graph gives the same bytes, whatever order it was drawn in', () => {
    const a = workflow([node('a', 'source'), node('b')], ['a>b']);
    const b = { ...a, nodes: [...a.nodes].reverse() };
    expect(serializeWorkflow(a)).toBe(serializeWorkflow(b));
    expect(sameWorkflow(a, b)).toBe(true);
    expect(parseWorkflow(JSON.parse(serializeWorkflow(a))).workflow).toEqual(JSON.parse(serializeWorkflow(a)));
  });

  test('an unknown format version is named before anything else', () => {
    expect(parseWorkflow({ formatVersion: 9 }).issues[0]?.code).toBe('FORMAT_UNKNOWN');
  });

  test('rubbish is described by its place and never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => parseWorkflow(value).workflow === null || true));
    const bad = parseWorkflow({ ...workflow([node('a b')], []) });
    expect(bad.issues[0]).toMatchObject({ code: 'CONFIG_INVALID', path: 'nodes.0.id' });
  });

  test('internal names are fit for templates and options', () => {
    expect(internalNameSchema.safeParse('changedContacts').success).toBe(true);
    for (const name of ['', '1st', 'a-b', 'a b', 'x'.repeat(65)])
      expect(internalNameSchema.safeParse(name).success, name).toBe(false);
  });

  test('its JSON schema names every part', () => {
    expect(Object.keys(workflowJsonSchema().properties as object)).toEqual(
      expect.arrayContaining(['formatVersion', 'internalName', 'nodes', 'transitions']),
    );
  });
});

describe('the graph', () => {
  test('columns flow along the arrows, and a loop does not hang', () => {
    const graph = buildGraph(workflow([node('a', 'source'), node('b'), node('c')], ['a>b', 'b>c', 'c>b']));
    const columns = graphColumns(graph, catalog);
    expect(columns.get('b')?.success).toEqual([email]);
    expect(inputColumns(graph, columns, 'c')).toEqual([{ fromNode: 'b', port: 'success', columns: [email] }]);
  });

  test('reachability stops at blocked nodes', () => {
    const graph = buildGraph(workflow([node('a', 'source'), node('b'), node('c')], ['a>b', 'b>c']));
    expect([...reachableFrom(graph, ['a'])].sort()).toEqual(['a', 'b', 'c']);
    expect([...reachableFrom(graph, ['a'], new Set(['b']))].sort()).toEqual(['a', 'b']);
  });

  test('a run begins where nothing leads to', () => {
    expect(
      manualStarts(buildGraph(workflow([node('a', 'source'), node('b'), node('s', 'source')], ['a>b'])), catalog),
    ).toEqual(['a', 's']);
  });
});

describe('problems of a drawing', () => {
  test('imports that keep their date in one option are told so', () => {
    const cursor = nodeType('cursor', {
      starts: 'manual',
      inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
      cursorOption: ({ option }) => (option === undefined ? null : String(option)),
    });
    const shared = (...options: (string | undefined)[]) =>
      checkWorkflow(
        workflow(
          options.map((option, index) => node(`c${index}`, 'cursor', option === undefined ? {} : { option })),
          [],
        ),
        new Map([[cursor.type, cursor]]),
      ).map(({ code, severity, message }) => [code, severity, message]);
    const told = ['OPTION_SHARED', 'warning', expect.stringContaining('c0, c1')];
    expect(shared('LAST', ' LAST ', undefined, 'OTHER')).toEqual([told]);
    expect(shared('LAST_c1', 'LAST_<%=activityName%>', undefined)).toEqual([told]);
    expect(shared('LAST_<%= activityName %>', 'LAST_<%=activity.name%>', undefined, undefined)).toEqual([]);
  });

  test('a sound workflow has none', () => {
    expect(codes(workflow([node('a', 'source'), node('b')], ['a>b']))).toEqual([]);
  });

  test('a loop through one join is none', () => {
    const nodes = [node('a', 'source'), node('b', 'source'), node('j', 'join')];
    expect(codes(workflow(nodes, ['a>j', 'b>j', 'j>j']))).toEqual([]);
  });

  test.each([
    ['an unknown type', workflow([node('a', 'nothing')], []), 'NODE_TYPE_UNKNOWN'],
    ['two nodes of one name', workflow([node('a', 'source'), { ...node('b'), name: 'a' }], ['a>b']), 'NODE_NAME_TAKEN'],
    ['a missing input', workflow([node('a', 'source'), node('b')], []), 'INPUT_MISSING'],
    ['an input where none is taken', workflow([node('a', 'source'), node('b', 'source')], ['a>b']), 'INPUT_REFUSED'],
    ['a port that is not there', workflow([node('a', 'source'), node('b')], ['a>b:rejects']), 'PORT_UNKNOWN'],
    ['an arrow into nothing', workflow([node('a', 'source')], ['a>zz']), 'TRANSITION_DANGLING'],
    ['no start', workflow([node('a'), node('b')], ['a>b', 'b>a']), 'NOTHING_STARTS'],
    [
      'joins that wait for each other',
      workflow([node('a', 'source'), node('j', 'join'), node('k', 'join')], ['a>j', 'j>k', 'k>j']),
      'JOINS_WAIT',
    ],
  ])('%s is a problem', (_, drawn, code) => {
    expect(codes(drawn)).toContain(code);
  });

  test('who has drawn one input of two reads how many are needed', () => {
    const pair = nodeType('pair', { inputs: { min: 2, max: null, join: 'all', rows: 'required' } });
    const known = new Map([...catalog, ['pair', pair] as const]);
    const nodes = [node('a', 'source'), node('j', 'pair')];
    const messages = (transitions: string[]) =>
      checkWorkflow(workflow(nodes, transitions), known)
        .filter((issue) => issue.code === 'INPUT_MISSING')
        .map((issue) => issue.message);
    expect(messages(['a>j'])).toEqual(['The node "j" needs 2 inbound transitions and has 1.']);
    expect(messages([])).toEqual(['The node "j" needs 2 inbound transitions.']);
  });

  test('a wrong setting is named at its path, and warnings do not hinder a run', () => {
    const drawn = workflow([node('a', 'source'), node('b', 'strict', { key: '' })], ['a>b']);
    expect(checkWorkflow(drawn, catalog)).toEqual([
      expect.objectContaining({ nodeId: 'b', path: 'key', message: 'key: name the key.' }),
    ]);
    expect(
      canRun(
        checkWorkflow(
          workflow([node('a', 'source'), node('j', 'join'), node('k', 'join')], ['a>j', 'j>k', 'k>j']),
          catalog,
        ),
      ),
    ).toBe(true);
  });

  test('the Error port appears where the person asked for it', () => {
    const definition = catalog.get('pass');
    if (!definition) throw new Error('no type "pass"');
    expect(nodePorts(definition, { ...node('b'), onError: 'transition' }).map((port) => port.name)).toEqual([
      'success',
      'error',
    ]);
  });
});

describe('import dates', () => {
  test('they are read only in their one form and only if the day exists', () => {
    expect(formatCursor(new Date('2024-01-31T23:30:05.999Z'))).toBe('2024/01/31 23:30:05');
    expect(parseCursor('2024/01/31 23:30:05')?.toISOString()).toBe('2024-01-31T23:30:05.000Z');
    for (const text of ['2024-01-31 23:30:05', '2024/02/30 00:00:00', '2024/01/31', '', '2024/01/31 24:00:00'])
      expect(parseCursor(text), text).toBeNull();
  });
});
