import { z } from 'zod';
import { defineNode } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { successPort } from '../kit/ports.ts';

export const waitUnits = ['seconds', 'minutes', 'hours', 'days', 'weeks'] as const;

const shape = z.strictObject({
  mode: z.enum(['duration', 'instant', 'expression']).default('duration'),
  amount: z.number().default(5),
  unit: z.enum(waitUnits).default('minutes'),
  instant: z.string().max(1_000).default(''),
  expression: z.string().max(10_000).default(''),
});
export type WaitConfig = z.output<typeof shape>;

const defaults: WaitConfig = { mode: 'duration', amount: 5, unit: 'minutes', instant: '', expression: '' };
const read = tolerant(shape, defaults);

/** A day, perhaps with a time, perhaps with an offset; without one it is meant in the zone of the node. */
export const instantPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function refine(config: WaitConfig, ctx: z.RefinementCtx): void {
  const problem = (path: string, message: string): void => ctx.addIssue({ code: 'custom', path: [path], message });
  if (config.mode === 'duration' && !(config.amount >= 0 && config.amount <= 10_000))
    problem('amount', 'give a number from 0 to 10,000');
  if (config.mode === 'expression' && config.expression.trim() === '') problem('expression', 'write an expression');
  if (config.mode !== 'instant') return;
  const text = config.instant.trim();
  if (text === '') problem('instant', 'give a date and time');
  else if (!text.includes('<%') && !instantPattern.test(text))
    problem('instant', 'write it as 2026-12-24 08:00, or with an offset as 2026-12-24T08:00:00Z');
}

function summary(config: unknown): string {
  const { mode, amount, unit, instant, expression } = read(config);
  if (mode === 'duration') return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  const text = mode === 'instant' ? instant : expression;
  return text.trim() === '' ? 'until …' : `until ${text.replace(/\s+/g, ' ').trim().slice(0, 60)}`;
}

export const definition = defineNode<WaitConfig>({
  type: 'wait',
  label: 'Wait',
  description: 'Goes on later, with the rows and variables that arrived. Nothing is held meanwhile.',
  group: 'flow',
  icon: 'IconHourglass',
  keywords: ['delay', 'pause', 'sleep', 'duration', 'retry'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    {
      kind: 'choice',
      name: 'mode',
      label: 'Wait',
      display: 'segments',
      choices: [
        { value: 'duration', label: 'For a time' },
        { value: 'instant', label: 'Until a date' },
        { value: 'expression', label: 'Until a computed date' },
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
      choices: waitUnits.map((unit) => ({ value: unit, label: unit })),
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
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports: () => [successPort],
  columns: (_, inputs) => ({ success: passedColumns(inputs) }),
  summary,
});
