import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { refineParameters, signalParameterSchema } from '../../contract/signal.ts';
import { columnTypes } from '../../contract/types.ts';
import { internalNameSchema } from '../../contract/workflow.ts';
import { branchNameSchema, branchPorts, refineBranches } from '../kit/branches.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { durationUnits, unitChoices } from '../kit/durations.ts';
import { successPort } from '../kit/ports.ts';

const expirationSchema = z.strictObject({
  name: branchNameSchema,
  kind: z.enum(['delay', 'expression']).default('delay'),
  /** After the node was reached. */
  amount: z.number().default(1),
  unit: z.enum(durationUnits).default('days'),
  /** JavaScript that gives a date, evaluated when the node is reached. */
  expression: z.string().max(10_000).default(''),
  /** The task is over with it; else it is a reminder and the signal is still waited for. */
  terminate: z.boolean().default(true),
});
export type Expiration = z.output<typeof expirationSchema>;

const shape = z.strictObject({
  signal: internalNameSchema,
  parameters: z.array(signalParameterSchema).max(50),
  unexpected: z.enum(['queue', 'start', 'refuse']).default('queue'),
  expirations: z.array(expirationSchema).max(20),
});
export type ExternalSignalConfig = z.output<typeof shape>;

const defaults: ExternalSignalConfig = { signal: 'go', parameters: [], unexpected: 'queue', expirations: [] };
const read = tolerant(shape, defaults);

function ports(config: unknown): Port[] {
  const names = read(config).expirations.map((expiration) => expiration.name);
  return [successPort, ...branchPorts(names.filter((name) => name !== successPort.name))];
}

function refine({ parameters, expirations }: ExternalSignalConfig, ctx: z.RefinementCtx): void {
  refineParameters(parameters, 'parameters', ctx);
  refineBranches(
    expirations.map((expiration) => expiration.name),
    'expirations',
    [successPort.name],
    ctx,
  );
  expirations.forEach(({ kind, amount, expression }, index) => {
    const problem = (path: keyof Expiration, message: string): void =>
      ctx.addIssue({ code: 'custom', path: ['expirations', index, path], message });
    if (kind === 'delay' && !(amount >= 0 && amount <= 10_000)) problem('amount', 'give a number from 0 to 10,000');
    if (kind === 'expression' && expression.trim() === '') problem('expression', 'write an expression');
  });
}

export const definition = defineNode<ExternalSignalConfig>({
  type: 'external-signal',
  label: 'External signal',
  description: 'Waits until a signal arrives from outside; its parameters become variables.',
  group: 'flow',
  icon: 'IconAntenna',
  keywords: ['event', 'trigger', 'api', 'wait', 'expiration', 'delayed events', 'postevent', 'parameters'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    {
      kind: 'text',
      name: 'signal',
      label: 'Signal',
      placeholder: 'orders_loaded',
      hint: 'Sent by POST /api/workflows/‹workflow›/signals/‹signal› with an API token of the role Operator.',
    },
    {
      kind: 'choice',
      name: 'unexpected',
      label: 'A signal that nothing waits for',
      display: 'select',
      choices: [
        { value: 'queue', label: 'is kept', hint: 'The next run that reaches this node takes it.' },
        {
          value: 'start',
          label: 'starts a run of the published version here',
          hint: 'If no transition leads to this node; otherwise it is kept.',
        },
        { value: 'refuse', label: 'is refused', hint: 'Whoever sends it is told so.' },
      ],
    },
    {
      kind: 'list',
      name: 'parameters',
      label: 'Parameters',
      hint: 'They become variables of the same name. A signal with others is refused.',
      addLabel: 'Add a parameter',
      initial: { name: '', type: 'text', required: false, default: '' },
      item: [
        { kind: 'text', name: 'name', label: 'Name', placeholder: 'orderCount' },
        {
          kind: 'choice',
          name: 'type',
          label: 'Type',
          display: 'select',
          choices: columnTypes.map((type) => ({ value: type, label: type })),
        },
        { kind: 'switch', name: 'required', label: 'Required', hint: 'A signal without it is refused.' },
        {
          kind: 'text',
          name: 'default',
          label: 'If it is left out',
          when: { name: 'required', is: [false] },
          optional: true,
        },
      ],
    },
    {
      kind: 'list',
      name: 'expirations',
      label: 'Delayed events',
      hint: 'Each adds an output that is taken when the signal has not come in time.',
      addLabel: 'Add a delayed event',
      initial: { name: '', kind: 'delay', amount: 1, unit: 'days', expression: '', terminate: true },
      item: [
        { kind: 'text', name: 'name', label: 'Name', placeholder: 'timeout' },
        {
          kind: 'choice',
          name: 'kind',
          label: 'When',
          display: 'segments',
          choices: [
            { value: 'delay', label: 'After a time' },
            { value: 'expression', label: 'At a computed date' },
          ],
        },
        {
          kind: 'number',
          name: 'amount',
          label: 'How long',
          min: 0,
          max: 10_000,
          when: { name: 'kind', is: ['delay'] },
        },
        {
          kind: 'choice',
          name: 'unit',
          label: 'Unit',
          display: 'select',
          choices: unitChoices,
          when: { name: 'kind', is: ['delay'] },
        },
        {
          kind: 'expression',
          name: 'expression',
          label: 'JavaScript that gives a date',
          placeholder: 'new Date(Date.parse(vars.dueAt) + 3600000)',
          when: { name: 'kind', is: ['expression'] },
        },
        {
          kind: 'switch',
          name: 'terminate',
          label: 'Ends the wait',
          hint: 'Otherwise it is a reminder: the signal is still waited for.',
        },
      ],
    },
  ],
  inputs: { min: 0, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  signal: (config) => {
    const { signal, parameters, unexpected } = read(config);
    return { name: signal, parameters, unexpected };
  },
  summary: (config) => `waits for ${read(config).signal}`,
});
