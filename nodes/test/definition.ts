import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { branchNameSchema, branchPorts, refineBranches } from '../kit/branches.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';

const conditionSchema = z.strictObject({ name: branchNameSchema, condition: z.string().max(10_000).default('') });
const shape = z.strictObject({
  conditions: z.array(conditionSchema).max(50),
  /** Whether there is an output for "none of them". */
  otherwise: z.boolean().default(true),
});
export type TestConfig = z.output<typeof shape>;

const defaults: TestConfig = { conditions: [], otherwise: true };
const read = tolerant(shape, defaults);

export const otherwisePort: Port = { name: 'otherwise', label: 'Otherwise', kind: 'branch', rows: true };

function ports(config: unknown): Port[] {
  const { conditions, otherwise } = read(config);
  const names = conditions.map((one) => one.name).filter((name) => name !== otherwisePort.name);
  return [...branchPorts(names), ...(otherwise ? [otherwisePort] : [])];
}

export const definition = defineNode<TestConfig>({
  type: 'test',
  label: 'Test',
  description: 'Takes the first branch whose condition is true.',
  group: 'flow',
  icon: 'IconArrowsSplit2',
  keywords: ['if', 'condition', 'switch', 'branch', 'default', 'else'],
  config: shape.superRefine((config, ctx) => {
    if (config.conditions.length === 0)
      ctx.addIssue({ code: 'custom', path: ['conditions'], message: 'add a condition' });
    refineBranches(
      config.conditions.map((one) => one.name),
      'conditions',
      [otherwisePort.name],
      ctx,
    );
    config.conditions.forEach(({ condition }, index) => {
      if (condition.trim() !== '') return;
      ctx.addIssue({ code: 'custom', path: ['conditions', index, 'condition'], message: 'write a condition' });
    });
  }),
  defaults,
  form: [
    {
      kind: 'list',
      name: 'conditions',
      label: 'Conditions',
      hint: 'Looked at from top to bottom: the first one that is true is taken, the others are not.',
      addLabel: 'Add a condition',
      initial: { name: '', condition: '' },
      item: [
        { kind: 'text', name: 'name', label: 'Branch', placeholder: 'many' },
        { kind: 'expression', name: 'condition', label: 'Condition', placeholder: 'vars.recCount > 1000' },
      ],
    },
    {
      kind: 'switch',
      name: 'otherwise',
      label: 'Output for everything else',
      hint: 'Taken when no condition is true. Without it the branch ends there.',
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  summary: (config) =>
    ports(config)
      .map((port) => (port === otherwisePort ? 'otherwise' : port.name))
      .join(' · ')
      .slice(0, 80),
});
