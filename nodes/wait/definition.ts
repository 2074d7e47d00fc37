import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { durationText, durationUnits, instantProblem, unitChoices } from '../kit/durations.ts';
import { successPort } from '../kit/ports.ts';

const shape = z.strictObject({
  mode: z.enum(['duration', 'instant', 'expression', 'condition']).default('duration'),
  amount: z.number().default(5),
  unit: z.enum(durationUnits).default('minutes'),
  instant: z.string().max(1_000).default(''),
  expression: z.string().max(10_000).default(''),
  condition: z.string().max(10_000).default(''),
  every: z.number().default(5),
  everyUnit: z.enum(durationUnits).default('minutes'),
  giveUp: z.boolean().default(false),
  giveUpAfter: z.number().default(1),
  giveUpUnit: z.enum(durationUnits).default('days'),
});
export type WaitConfig = z.output<typeof shape>;

const defaults: WaitConfig = {
  mode: 'duration',
  amount: 5,
  unit: 'minutes',
  instant: '',
  expression: '',
  condition: '',
  every: 5,
  everyUnit: 'minutes',
  giveUp: false,
  giveUpAfter: 1,
  giveUpUnit: 'days',
};
const read = tolerant(shape, defaults);

export const timeoutPort: Port = { name: 'timeout', label: 'Timeout', kind: 'branch', rows: true };

function ports(given: unknown): Port[] {
  const { mode, giveUp } = read(given);
  return mode === 'condition' && giveUp ? [successPort, timeoutPort] : [successPort];
}

function refine(config: WaitConfig, ctx: z.RefinementCtx): void {
  const problem = (path: keyof WaitConfig, message: string): void =>
    ctx.addIssue({ code: 'custom', path: [path], message });
  if (config.mode === 'duration' && !(config.amount >= 0 && config.amount <= 10_000))
    problem('amount', 'give a number from 0 to 10,000');
  if (config.mode === 'expression' && config.expression.trim() === '') problem('expression', 'write an expression');
  if (config.mode === 'condition') refineCondition(config, problem);
  const wrong = config.mode === 'instant' ? instantProblem(config.instant) : null;
  if (wrong !== null) problem('instant', wrong);
}

function refineCondition(config: WaitConfig, problem: (path: keyof WaitConfig, message: string) => void): void {
  if (config.condition.trim() === '') problem('condition', 'write a condition');
  if (!(config.every >= 1 && config.every <= 10_000)) problem('every', 'give a number from 1 to 10,000');
  if (config.giveUp && !(config.giveUpAfter > 0 && config.giveUpAfter <= 10_000))
    problem('giveUpAfter', 'give a number up to 10,000');
}

function summary(config: unknown): string {
  const { mode, amount, unit, instant, expression, condition } = read(config);
  if (mode === 'duration') return durationText(amount, unit);
  const text = { instant, expression, condition }[mode];
  return text.trim() === '' ? 'until …' : `until ${text.replace(/\s+/g, ' ').trim().slice(0, 60)}`;
}

export const definition = defineNode<WaitConfig>({
  type: 'wait',
  label: 'Wait',
  description: 'Goes on later, with the rows and variables that arrived. Nothing is held meanwhile.',
  group: 'flow',
  icon: 'IconHourglass',
  keywords: ['delay', 'pause', 'sleep', 'duration', 'retry', 'condition', 'poll'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    {
      kind: 'choice',
      name: 'mode',
      label: 'Wait',
      display: 'select',
      choices: [
        { value: 'duration', label: 'For a time' },
        { value: 'instant', label: 'Until a date' },
        { value: 'expression', label: 'Until a computed date' },
        { value: 'condition', label: 'Until something is true' },
      ],
    },
    {
      kind: 'number',
      name: 'amount',
      label: 'How long',
      min: 0,
      max: 10_000,
      when: { name: 'mode', is: ['duration'] },
    },
    {
      kind: 'choice',
      name: 'unit',
      label: 'Unit',
      display: 'select',
      choices: unitChoices,
      hint: 'A day is 24 hours, also when the clocks change.',
      when: { name: 'mode', is: ['duration'] },
    },
    {
      kind: 'template',
      name: 'instant',
      label: 'Date and time',
      placeholder: '2026-12-24 08:00',
      hint: 'In the time zone of the node. A date that has passed does not wait.',
      when: { name: 'mode', is: ['instant'] },
    },
    {
      kind: 'expression',
      name: 'expression',
      label: 'JavaScript that gives a date',
      placeholder: 'new Date(Date.parse(vars.sentAt) + 86400000)',
      hint: 'A Date, or text with date, time and perhaps an offset.',
      when: { name: 'mode', is: ['expression'] },
    },
    {
      kind: 'expression',
      name: 'condition',
      label: 'JavaScript that becomes true',
      placeholder: 'getOption("nightlyLoad") === "done"',
      hint: 'Looked at when the node is reached, at every interval, and when what waits is executed now.',
      when: { name: 'mode', is: ['condition'] },
    },
    {
      kind: 'number',
      name: 'every',
      label: 'Look every',
      min: 1,
      max: 10_000,
      when: { name: 'mode', is: ['condition'] },
    },
    {
      kind: 'choice',
      name: 'everyUnit',
      label: 'Unit',
      display: 'select',
      choices: unitChoices,
      when: { name: 'mode', is: ['condition'] },
    },
    {
      kind: 'switch',
      name: 'giveUp',
      label: 'Give up after a time',
      hint: 'Adds the output Timeout; otherwise it waits as long as it takes.',
      when: { name: 'mode', is: ['condition'] },
    },
    {
      kind: 'number',
      name: 'giveUpAfter',
      label: 'Give up after',
      min: 0,
      max: 10_000,
      when: { name: 'giveUp', is: [true] },
    },
    {
      kind: 'choice',
      name: 'giveUpUnit',
      label: 'Unit',
      display: 'select',
      choices: unitChoices,
      when: { name: 'giveUp', is: [true] },
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  summary,
});
