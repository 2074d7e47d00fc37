import { z } from 'zod';
import type { Port } from '../../contract/node.ts';
import { defineNode } from '../../contract/node.ts';
import { passedColumns } from '../kit/columns.ts';
import { tolerant } from '../kit/config.ts';
import { instantProblem } from '../kit/durations.ts';
import { successPort } from '../kit/ports.ts';

/** In the order in which weeks begin; a day is a place in this list. */
export const weekDays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const day = z.boolean();
const daysSchema = z.strictObject({
  monday: day,
  tuesday: day,
  wednesday: day,
  thursday: day,
  friday: day,
  saturday: day,
  sunday: day,
});
const shape = z.strictObject({
  days: daysSchema,
  /** "08:00"; 24:00 is the end of the day. When `to` is not after `from`, the window goes on into the next day. */
  from: z.string().max(5).default('00:00'),
  to: z.string().max(5).default('24:00'),
  /** Templates; empty: no limit. */
  validFrom: z.string().max(1_000).default(''),
  validUntil: z.string().max(1_000).default(''),
  outside: z.enum(['wait', 'branch']).default('wait'),
});
export type TimeConstraintConfig = z.output<typeof shape>;

const defaults: TimeConstraintConfig = {
  days: { monday: true, tuesday: true, wednesday: true, thursday: true, friday: true, saturday: false, sunday: false },
  from: '08:00',
  to: '18:00',
  validFrom: '',
  validUntil: '',
  outside: 'wait',
};
const read = tolerant(shape, defaults);

export const outsidePort: Port = { name: 'outside', label: 'Outside', kind: 'branch', rows: true };

const ports = (config: unknown): Port[] =>
  read(config).outside === 'branch' ? [successPort, outsidePort] : [successPort];

/** Minutes since midnight; null if it is no time of day. */
export function minutesOf(time: string): number | null {
  const match = /^(\d{1,2}):(\d{2})$/.exec(time.trim());
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || minutes > 59 || hours > 24 || (hours === 24 && minutes > 0)) return null;
  return hours * 60 + minutes;
}

function refine(config: TimeConstraintConfig, ctx: z.RefinementCtx): void {
  const problem = (path: keyof TimeConstraintConfig, message: string): void =>
    ctx.addIssue({ code: 'custom', path: [path], message });
  if (!Object.values(config.days).includes(true)) problem('days', 'choose a day of the week');
  if (minutesOf(config.from) === null || minutesOf(config.from) === 1_440) problem('from', 'write it as 08:00');
  if (minutesOf(config.to) === null) problem('to', 'write it as 18:00, the end of the day as 24:00');
  for (const path of ['validFrom', 'validUntil'] as const) {
    const wrong = config[path].trim() === '' ? null : instantProblem(config[path]);
    if (wrong !== null) problem(path, wrong);
  }
}

/** "Mon–Fri" for days that follow each other, else "Mon, Wed". */
function daysText(days: TimeConstraintConfig['days']): string {
  const places = weekDays.flatMap((name, index) => (days[name] ? [index] : []));
  const short = (index: number | undefined): string => {
    const name = weekDays[index ?? 0] ?? '';
    return name.charAt(0).toUpperCase() + name.slice(1, 3);
  };
  if (places.length === 7) return 'every day';
  const [first = 0, last = 0] = [places[0], places.at(-1)];
  if (places.length > 2 && last - first === places.length - 1) return `${short(first)}–${short(last)}`;
  return places.map(short).join(', ') || 'no day';
}

export const definition = defineNode<TimeConstraintConfig>({
  type: 'time-constraint',
  label: 'Time constraint',
  description: 'Goes on only on certain days and hours; outside it waits or leaves by another output.',
  group: 'flow',
  icon: 'IconClockPause',
  keywords: ['window', 'business hours', 'opening hours', 'working days', 'try again later', 'validity'],
  config: shape.superRefine(refine),
  defaults,
  form: [
    ...weekDays.map((name) => ({
      kind: 'switch' as const,
      name: `days.${name}`,
      label: name.charAt(0).toUpperCase() + name.slice(1),
    })),
    { kind: 'text', name: 'from', label: 'From', placeholder: '08:00', hint: 'In the time zone of the node.' },
    {
      kind: 'text',
      name: 'to',
      label: 'To',
      placeholder: '18:00',
      hint: 'Not included. The end of the day is 24:00; an earlier time than From means the next day.',
    },
    {
      kind: 'template',
      name: 'validFrom',
      label: 'Not before',
      placeholder: '2026-12-24 08:00',
      hint: 'Empty: no limit.',
      optional: true,
    },
    {
      kind: 'template',
      name: 'validUntil',
      label: 'Not after',
      placeholder: '2027-01-31',
      hint: 'Empty: no limit. What would have to wait beyond it fails.',
      optional: true,
    },
    {
      kind: 'choice',
      name: 'outside',
      label: 'Outside of these times',
      display: 'segments',
      choices: [
        { value: 'wait', label: 'wait until they begin' },
        { value: 'branch', label: 'leave by Outside', hint: 'Without a transition there, the branch ends.' },
      ],
    },
  ],
  inputs: { min: 1, max: null, join: 'each', rows: 'optional' },
  starts: null,
  ports,
  columns: (config, inputs) => Object.fromEntries(ports(config).map((port) => [port.name, passedColumns(inputs)])),
  summary: (config) => {
    const { days, from, to } = read(config);
    return `${daysText(days)} · ${from.trim()}–${to.trim()}`;
  },
});
