import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { branchNameSchema, branchPorts, refineBranches } from '../kit/branches.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';

const shape = z.strictObject({ branches: z.array(z.strictObject({ name: branchNameSchema })).max(50) });
export type ForkConfig = z.output<typeof shape>;

const defaults: ForkConfig = { branches: [{ name: 'first' }, { name: 'second' }] };
const read = tolerant(shape, defaults);

const namesOf = (config: unknown): string[] => read(config).branches.map((branch) => branch.name);
const ports = (config: unknown) => branchPorts(namesOf(config));

export const definition = defineNode<ForkConfig>({
  type: 'fork',
  label: 'Fork',
  description: 'Activates all its branches, each with the same rows and variables.',
  group: 'flow',
  icon: 'IconGitFork',
  keywords: ['branch', 'parallel', 'split', 'several'],
  config: shape.superRefine((config, ctx) => {
    if (config.branches.length === 0) ctx.addIssue({ code: 'custom', path: ['branches'], message: 'add a branch' });
    refineBranches(namesOf(config), 'branches', [], ctx);
  }),
  defaults,
  form: [
    {
      kind: 'list',
      name: 'branches',
      label: 'Branches',
      hint: 'Each becomes an output; all of them are taken.',
      addLabel: 'Add a branch',
      initial: { name: '' },
      item: [{ kind: 'text', name: 'name', label: 'Name', placeholder: 'archive' }],
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  summary: (config) => `${ports(config).length} branches`,
});
