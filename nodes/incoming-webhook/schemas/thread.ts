/**
 * The thread that checks events. Schemas become code here, and what they do to an event is their author's: the thread holds
 * nothing else, and whoever owns it ends it when it takes too long.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { parentPort } from 'node:worker_threads';
import type { ErrorObject, FormatDefinition, ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { schemaFormats } from '../../../contract/jsonSchema.ts';
import type { Answer, EventType, Misfit, Question } from './messages.ts';

type FormatName = (typeof schemaFormats)[number];

/** Matches in time that grows with the text only. The validator takes two patterns for one that are the same as text. */
const linear = (source: string): { test(text: string): boolean; toString(): string } => {
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
  return { test: (text) => compiled.test(text), toString: () => source };
};

const day = linear('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$');
const time = linear('^([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)$');
const email = linear('^[^\\s@]{1,64}@[^\\s@.]+(\\.[^\\s@.]+)*$');
const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostname = linear(`^${label}(\\.${label})*\\.?$`);
const uuid = linear('^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$');

/** A day of the calendar: not the 30th of February. */
const isDay = (text: string): boolean =>
  day.test(text) && new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;

const formats: Record<FormatName, (text: string) => boolean> = {
  date: isDay,
  time: (text) => time.test(text),
  'date-time': (text) => /^[Tt ]$/.test(text.charAt(10)) && isDay(text.slice(0, 10)) && time.test(text.slice(11)),
  email: (text) => email.test(text),
  hostname: (text) => text.length <= 253 && hostname.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: (text) => /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && URL.canParse(text),
  uuid: (text) => uuid.test(text),
};

let checks = new Map<string, ValidateFunction>();

function prepare(types: readonly EventType[]): Answer {
  checks = new Map();
  for (const { type, schema } of types) {
    try {
      checks.set(type, compile(JSON.parse(schema)));
    } catch (error) {
      return { broken: { type, reason: (error as Error).message } };
    }
  }
  return { ready: true };
}

/** Names of an event are its own: `constructor` is there when it was sent. What the schema says it is written in was looked at before. */
function compile(schema: unknown): ValidateFunction {
  const { $schema: _, ...rest } = typeof schema === 'boolean' ? { not: !schema } : Object(schema);
  const regExp = Object.assign(linear, { code: 'linear' });
  return new Ajv2020({
    strict: false,
    ownProperties: true,
    logger: false,
    formats: formats as Record<string, FormatDefinition<string> | ((text: string) => boolean)>,
    code: { regExp },
  }).compile(rest);
}

const mostReason = 300;

function check([type, event]: [string, unknown]): Misfit | null {
  const validate = checks.get(type);
  if (!validate) return { pointer: '', reason: 'its type has no schema' };
  try {
    if (validate(event)) return null;
  } catch (error) {
    return { pointer: '', reason: error instanceof RangeError ? 'it is nested too deeply' : String(error) };
  }
  const [first] = validate.errors ?? [];
  return {
    pointer: first?.instancePath ?? '',
    reason: first ? reasonOf(first).slice(0, mostReason) : 'it does not fit',
  };
}

function reasonOf({ keyword, message = 'does not fit', params }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'additionalProperties') return `must not have the field "${params.additionalProperty}"`;
  if (keyword === 'required') return `must have the field "${params.missingProperty}"`;
  if (keyword === 'false schema') return 'must not be there';
  return message;
}

const answer = (question: Question): Answer =>
  'types' in question
    ? prepare(question.types)
    : { misfits: (JSON.parse(question.events) as [string, unknown][]).map(check) };

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)));
