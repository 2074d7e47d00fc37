import { z } from 'zod';
import type { Issue } from '../../contract/errors.ts';
import { makeIssue } from '../../contract/errors.ts';
import type { CheckScope, Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { internalNameSchema } from '../../contract/workflow.ts';
import { tolerant } from '../kit/config.ts';
import { declaredColumns, declaredColumnsField, declaredColumnsSchema, refineDeclared } from '../kit/declared.ts';
import { bareSuccessPort, successPort } from '../kit/ports.ts';

const parameterSchema = z.strictObject({
  name: z.string().max(64).default(''),
  value: z.string().max(10_000).default(''),
});

const shape = z.strictObject({
  /** internalName. */
  workflow: z.string().max(64).default(''),
  passVars: z.boolean().default(true),
  parameters: z.array(parameterSchema).max(50),
  passRows: z.boolean().default(true),
  takeVars: z.boolean().default(true),
  takeRows: z.boolean().default(false),
  /** Name of the End node whose rows and variables come back; empty: the one that is reached last. */
  end: z.string().max(64).default(''),
  columns: declaredColumnsSchema,
});
export type SubWorkflowConfig = z.output<typeof shape>;

const defaults: SubWorkflowConfig = {
  workflow: '',
  passVars: true,
  parameters: [],
  passRows: true,
  takeVars: true,
  takeRows: false,
  end: '',
  columns: [],
};
const read = tolerant(shape, defaults);

const ports = (config: unknown): Port[] => [read(config).takeRows ? successPort : bareSuccessPort];

function refine(config: SubWorkflowConfig, ctx: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string): void => ctx.addIssue({ code: 'custom', path, message });
  const named = internalNameSchema.safeParse(config.workflow);
  if (config.workflow === '') problem(['workflow'], 'choose a workflow');
  else if (!named.success) problem(['workflow'], named.error.issues[0]?.message ?? 'is not a name');
  config.parameters.forEach(({ name, value }, index) => {
    const wrong = internalNameSchema.safeParse(name).error?.issues[0]?.message;
    if (wrong) problem(['parameters', index, 'name'], name === '' ? 'give the parameter a name' : wrong);
    if (value.trim() === '') problem(['parameters', index, 'value'], 'write an expression');
  });
  if (config.takeRows) refineDeclared(config.columns, 'columns', ctx);
}

function check({ workflow }: SubWorkflowConfig, scope: CheckScope): Issue[] {
  const place = { nodeId: scope.node.id, path: 'workflow' };
  if (workflow === scope.workflow) return [makeIssue('SUBWORKFLOW_SELF', {}, place, 'warning')];
  const known = scope.workflows?.find(({ name }) => name === workflow);
  if (scope.workflows === null || known?.published) return [];
  return [makeIssue(known ? 'SUBWORKFLOW_UNPUBLISHED' : 'SUBWORKFLOW_MISSING', { workflow }, place, 'warning')];
}

export const definition = defineNode<SubWorkflowConfig>({
  type: 'sub-workflow',
  label: 'Sub-workflow',
  description: 'Runs the published version of another workflow and goes on when it has ended.',
  group: 'flow',
  icon: 'IconSubtask',
  keywords: ['call', 'reuse', 'nested', 'child', 'module', 'function'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    {
      kind: 'workflow',
      name: 'workflow',
      label: 'Workflow',
      hint: 'A run of its published version is made for each call.',
    },
    { kind: 'switch', name: 'passVars', label: 'Give it all variables', hint: 'They are variables of its Start.' },
    {
      kind: 'list',
      name: 'parameters',
      label: 'Parameters',
      hint: 'Variables of its Start, over those that are given anyway.',
      addLabel: 'Add a parameter',
      initial: { name: '', value: '' },
      item: [
        { kind: 'text', name: 'name', label: 'Name', placeholder: 'country' },
        { kind: 'expression', name: 'value', label: 'JavaScript', placeholder: '"FR"' },
      ],
    },
    {
      kind: 'switch',
      name: 'passRows',
      label: 'Give it the rows',
      hint: 'Its Start takes them if it declares their columns.',
    },
    {
      kind: 'switch',
      name: 'takeVars',
      label: 'Take its variables back',
      hint: 'Those that reached its End, over those that are here.',
    },
    { kind: 'switch', name: 'takeRows', label: 'Take rows back', hint: 'Those that reached its End go on here.' },
    {
      kind: 'text',
      name: 'end',
      label: 'Its End',
      placeholder: 'end',
      hint: 'The name of the End node that counts. Empty: the one that is reached last.',
      optional: true,
    },
    declaredColumnsField({
      name: 'columns',
      label: 'Columns that come back',
      hint: 'So that they are known while drawing. None: whatever comes goes on.',
      when: { name: 'takeRows', is: [true] },
    }),
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config) => {
    const { takeRows, columns } = read(config);
    const declared = declaredColumns(columns);
    return { success: takeRows ? (declared.length > 0 ? declared : null) : [] };
  },
  check,
  summary: (config) => `runs ${read(config).workflow || '…'}`,
});
