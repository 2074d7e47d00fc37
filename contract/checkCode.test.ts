import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkCode } from './checkCode.ts';
import type { FormField } from './form.ts';
import { defineNode } from './node.ts';
import type { WorkflowNode } from './workflow.ts';

const form: FormField[] = [
  { kind: 'choice', name: 'mode', label: 'Runs', choices: [] },
  { kind: 'script', name: 'script', label: 'JavaScript', perRecord: { name: 'mode', is: ['record'] } },
  { kind: 'template', name: 'file.name', label: 'File', when: { name: 'mode', is: ['run'] } },
  {
    kind: 'list',
    name: 'subsets',
    label: 'Subsets',
    addLabel: 'Add',
    initial: {},
    item: [
      { kind: 'text', name: 'operator', label: 'Comparison', when: { name: 'kind', is: ['column'] } },
      { kind: 'expression', name: 'value', label: 'Value', when: { name: 'operator', is: ['eq'] } },
    ],
  },
];
const definition = defineNode({
  type: 'coded',
  label: 'Coded',
  description: '',
  group: 'code',
  icon: 'IconBraces',
  keywords: [],
  config: z.record(z.string(), z.unknown()),
  defaults: { mode: 'run' },
  form,
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [],
  columns: () => ({}),
  summary: () => '',
});

function check(config: WorkflowNode['config'], more: Partial<WorkflowNode> = {}): string[] {
  const node: WorkflowNode = { id: 'n', type: 'coded', name: 'coded', label: 'Coded', x: 0, y: 0, config, ...more };
  return checkCode(node, definition).map(
    ({ nodeId, path, severity, message }) => `${nodeId} ${path} ${severity} ${message}`,
  );
}

it('names node, field, line and reason of what does not compile', () => {
  expect(check({ script: 'vars.a = 1;\nvars.b = );', file: { name: '<%= vars.a' } })).toEqual([
    'n script error Syntax error in line 2 of "JavaScript": unexpected ).',
    'n file.name error Syntax error in line 1 of "File": a <% has no %>.',
  ]);
});

it('reads initialization scripts', () => {
  expect(check({}, { initScript: 'vars.a = ' })).toEqual([
    'n initScript error Syntax error in line 1 of "Initialization script": something is missing at the end, such as a bracket.',
  ]);
  expect(check({}, { initScript: 'await 0; return;' })).toEqual([]);
});

it('knows what a script for each record cannot do', () => {
  expect(check({ script: 'await 0;' })).toEqual([]);
  expect(check({ mode: 'record', script: 'await 0;' })).toHaveLength(1);
});

it('says what is meant by a bare word, with the text in quotes as the way out', () => {
  const config = { subsets: [{ kind: 'column', operator: 'eq', value: ' Berlin' }] };
  const [issue] = checkCode({ id: 'n', type: 'coded', name: 'c', label: 'C', x: 0, y: 0, config }, definition);
  expect(issue).toMatchObject({
    code: 'WORD_UNKNOWN',
    severity: 'error',
    path: 'subsets.0.value',
    message: 'Nothing is known here by the name Berlin.',
    action: 'If it is a text, put it in quotes: "Berlin". If it is a variable, write vars. in front of it.',
    fix: { value: '"Berlin"' },
  });
});

it('leaves out what the form does not show, and what is not text', () => {
  expect(check({ mode: 'record', file: { name: '<%= (' } })).toEqual([]);
  expect(check({ subsets: [{ kind: 'all', operator: 'eq', value: 'Berlin' }, null, 5] })).toEqual([]);
  expect(check({ script: 5, file: 'name', subsets: 'none' })).toEqual([]);
});
