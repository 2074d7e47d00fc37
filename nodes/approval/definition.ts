import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { durationUnits, unitChoices } from '../kit/durations.ts';

const shape = z.strictObject({
  question: z.string().trim().min(1, 'write what is to be decided').max(1_000),
  expires: z.boolean().default(false),
  amount: z.number().min(0).max(10_000).default(1),
  unit: z.enum(durationUnits).default('days'),
});
export type ApprovalConfig = z.output<typeof shape>;

const defaults: ApprovalConfig = { question: 'May this go on?', expires: false, amount: 1, unit: 'days' };
const read = tolerant(shape, defaults);

const approvedPort: Port = { name: 'approved', label: 'Approved', kind: 'branch', rows: true };
const refusedPort: Port = { name: 'refused', label: 'Refused', kind: 'branch', rows: true };
const expiredPort: Port = { name: 'expired', label: 'Expired', kind: 'branch', rows: true };

function ports(config: unknown): Port[] {
  return [approvedPort, refusedPort, ...(read(config).expires ? [expiredPort] : [])];
}

export const definition = defineNode<ApprovalConfig>({
  type: 'approval',
  label: 'Approval',
  description:
    'Waits until a person approves or refuses. The run says that it waits for approval; nothing is held meanwhile.',
  group: 'flow',
  icon: 'IconUserQuestion',
  keywords: ['approve', 'decision', 'human', 'review', 'sign off', 'confirm', 'release'],
  config: shape,
  defaults,
  form: [
    {
      kind: 'template',
      name: 'question',
      label: 'Question',
      placeholder: 'Send <%= vars.recCount %> contacts?',
      hint: 'Shown to whoever operates the workflow, in the run.',
    },
    {
      kind: 'switch',
      name: 'expires',
      label: 'Give up after a time',
      hint: 'Adds the output Expired.',
    },
    { kind: 'number', name: 'amount', label: 'After', min: 0, max: 10_000, when: { name: 'expires', is: [true] } },
    {
      kind: 'choice',
      name: 'unit',
      label: 'Unit',
      display: 'select',
      choices: unitChoices,
      when: { name: 'expires', is: [true] },
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  summary: (config) => read(config).question.replace(/\s+/g, ' ').slice(0, 80),
});
