/** The settings of a Webhook, and what must hold between them. */
import { z } from 'zod';
import { findSchemaProblem } from '../../contract/jsonSchema.ts';
import { refineParameters, signalParameterSchema } from '../../contract/signal.ts';
import type { ColumnType } from '../../contract/types.ts';
import { columnTypeSchema } from '../../contract/types.ts';
import { tolerant } from '../kit/config.ts';
import { refineDeclared } from '../kit/declared.ts';
import { durationUnits, unitLength } from '../kit/durations.ts';

const from = z.string().max(500).default('');
const columnSchema = z.strictObject({
  name: z.string().max(255).default(''),
  type: columnTypeSchema.default('text'),
  /** field: of the event. received: when its call came. position: its place among those of the run, in the order in which they came. event: all of it. */
  value: z.enum(['field', 'received', 'position', 'event']).default('field'),
  /** Where the value stands in an event; empty: under its name. */
  from,
});
export type WebhookColumn = z.output<typeof columnSchema>;

export const shape = z.strictObject({
  path: z.string().max(64).default(''),
  connection: z.string().max(64).default(''),
  parameters: z.array(signalParameterSchema.extend({ from })).max(50),
  /** Where the records stand in what was sent; empty: it is the record, or the list of them. */
  records: z.string().max(500).default(''),
  columns: z.array(columnSchema).max(1_000),
  /** Where its type stands in an event; empty: events have none, and none is checked. */
  eventType: from,
  /** The types that are taken, each with what its events must be like. */
  events: z
    .array(z.strictObject({ type: z.string().max(200).default(''), schema: z.string().max(100_000).default('{}') }))
    .max(100),
  /** Where its id stands in an event; empty: none is asked for. */
  eventId: from,
  starts: z.enum(['call', 'batch']).default('call'),
  batchEvents: z.number().default(100),
  batchAmount: z.number().default(1),
  batchUnit: z.enum(durationUnits).default('minutes'),
  /** Minutes; 0: for ever. */
  lateAfter: z.number().default(30),
});
export type WebhookConfig = z.output<typeof shape>;

export const defaults: WebhookConfig = {
  path: '',
  connection: '',
  parameters: [],
  records: '',
  columns: [],
  eventType: '',
  events: [],
  eventId: '',
  starts: 'call',
  batchEvents: 100,
  batchAmount: 1,
  batchUnit: 'minutes',
  lateAfter: 30,
};
export const read = tolerant(shape, defaults);

/** Events that are looked at one by one: what is wrong with one of them, or with a call, is rejected and keeps no other back. */
export const takesEvents = ({ eventType, eventId, starts }: WebhookConfig): boolean =>
  eventType !== '' || eventId !== '' || starts === 'batch';

/** Milliseconds. */
export const batchWait = ({ batchAmount, batchUnit }: Pick<WebhookConfig, 'batchAmount' | 'batchUnit'>): number =>
  batchAmount * unitLength[batchUnit];

type Problem = (path: string | (string | number)[], message: string) => void;

export function refine(config: WebhookConfig, ctx: z.RefinementCtx): void {
  const problem: Problem = (path, message) => ctx.addIssue({ code: 'custom', path: [path].flat(), message });
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(config.path)) problem('path', 'use letters, digits, "_" or "-", at most 64');
  if (config.connection === '') problem('connection', 'choose the connection whose secret signs the calls');
  refineParameters(config.parameters, 'parameters', ctx);
  refineDeclared(config.columns, 'columns', ctx);
  refineValues(config, problem);
  refineEvents(config, problem);
  refineBatch(config, problem);
  if (!isWhole(config.lateAfter, 0, 10_080)) problem('lateAfter', 'give whole minutes up to 10,080 (a week)');
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

const valueTypes: Readonly<Record<Exclude<WebhookColumn['value'], 'field'>, readonly ColumnType[]>> = {
  received: ['datetime', 'text'],
  position: ['integer', 'text'],
  event: ['json', 'text'],
};

function refineValues({ columns }: WebhookConfig, problem: Problem): void {
  columns.forEach(({ value, type }, index) => {
    const fitting = value === 'field' ? [type] : valueTypes[value];
    if (!fitting.includes(type)) problem(['columns', index, 'type'], `choose ${fitting.join(' or ')} for this value`);
  });
}

function refineEvents(config: WebhookConfig, problem: Problem): void {
  const { columns, eventType, events } = config;
  if (takesEvents(config) && columns.length === 0)
    problem('columns', 'add the columns of the events: without them nothing of an event goes on');
  if (eventType !== '' && events.length === 0)
    problem('events', 'add the types that are taken: all others are rejected');
  if (eventType === '' && events.length > 0) problem('eventType', 'say where the type stands in an event');
  events.forEach(({ type, schema }, index) => {
    const repeated = events.findIndex((one) => one.type === type) !== index;
    if (type === '') problem(['events', index, 'type'], 'give the type of these events');
    else if (repeated) problem(['events', index, 'type'], `the type "${type}" is listed above`);
    const wrong = findSchemaProblem(schema);
    if (wrong) problem(['events', index, 'schema'], `${wrong.pointer ? `at ${wrong.pointer}: ` : ''}${wrong.reason}`);
  });
}

function refineBatch({ starts, parameters, ...config }: WebhookConfig, problem: Problem): void {
  if (starts === 'call') return;
  if (parameters.length > 0)
    problem('parameters', 'a batch has no parameters, as each call brings its own: read them as columns of the events');
  if (!isWhole(config.batchEvents, 1, 10_000)) problem('batchEvents', 'give a whole number from 1 to 10,000');
  if (!(config.batchAmount > 0 && config.batchAmount <= 10_000)) problem('batchAmount', 'give a number up to 10,000');
  else if (config.lateAfter !== 0 && batchWait(config) >= config.lateAfter * unitLength.minutes)
    problem('lateAfter', 'give more than a batch waits for: else each would raise the alarm');
}
