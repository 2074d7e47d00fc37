import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../contract/errors.ts';
import { findSchemaProblem, type schemaFormats } from '../../../contract/jsonSchema.ts';
import { SchemaChecker } from './checker.ts';

let checker: SchemaChecker | undefined;
afterEach(() => checker?.close());

async function check(schema: unknown, ...events: unknown[]) {
  const text = JSON.stringify(schema);
  expect(findSchemaProblem(text)).toBeNull();
  checker = new SchemaChecker([{ type: 't', schema: text }]);
  return checker.check(events.map((event) => ({ type: 't', event })));
}
const code = (wanted: ErrorCode) => expect.objectContaining({ code: wanted });

describe('an event that is checked against the schema of its type', () => {
  it('is let through, or named with the place and a plain reason', async () => {
    const schema = {
      type: 'object',
      required: ['user', 'status'],
      properties: {
        user: { type: 'object', properties: { id: { type: 'string', minLength: 1 } }, additionalProperties: false },
        status: { enum: ['yes', 'no'] },
        at: { type: 'string', format: 'date-time' },
      },
    };
    const good = { user: { id: 'a' }, status: 'yes', at: '2026-02-28T23:59:60Z' };
    expect(
      await check(
        schema,
        ...[good, { user: {} }, { ...good, user: { id: '' } }, { ...good, user: { id: 'a', 'x/y': 1 } }],
        ...[{ ...good, status: 'maybe' }, { ...good, at: '2026-02-30T00:00:00Z' }, 'text'],
      ),
    ).toEqual([
      null,
      { pointer: '', reason: 'must have the field "status"' },
      { pointer: '/user/id', reason: 'must NOT have fewer than 1 characters' },
      { pointer: '/user', reason: 'must not have the field "x/y"' },
      { pointer: '/status', reason: 'must be one of ["yes","no"]' },
      { pointer: '/at', reason: 'must match format "date-time"' },
      { pointer: '', reason: 'must be object' },
    ]);
  });

  it('has no other names than its own', async () => {
    const inherited = await check({ required: ['constructor', 'toString'] }, {}, { constructor: 1, toString: 1 });
    expect(inherited).toEqual([{ pointer: '', reason: 'must have the field "constructor"' }, null]);
    const properties = { ['__proto__']: { type: 'string' }, valueOf: { type: 'string' } };
    expect(await check({ properties }, {}, JSON.parse('{"valueOf":1}'))).toEqual([
      null,
      { pointer: '/valueOf', reason: 'must be string' },
    ]);
  });

  const formats: Record<(typeof schemaFormats)[number], [string, string]> = {
    date: ['2024-02-29', '2026-02-29'],
    time: ['23:59:59.5+02:00', '24:00:00Z'],
    'date-time': ['2026-01-01T00:00:00Z', '2026-01-01'],
    email: ['a.b+c@example.org', 'a@b@c'],
    hostname: ['a-1.example.org', '-a.example'],
    ipv4: ['127.0.0.1', '127.0.0.256'],
    ipv6: ['::1', '::g'],
    uri: ['https://a.example/?q=1', 'a.example'],
    uuid: ['123e4567-e89b-12d3-a456-426614174000', '123e4567'],
  };
  it.each(Object.entries(formats))('knows the format %s', async (format, [right, wrong]) => {
    const reason = `must match format "${format}"`;
    expect(await check({ format }, right, wrong, 5)).toEqual([null, { pointer: '', reason }, null]);
  });
});

/** Each level doubles the work, and what is remembered of it. */
const twice = (depth: number): object =>
  depth === 0 ? { type: 'null' } : { anyOf: [{ $ref: `#/$defs/d${depth - 1}` }, { $ref: `#/$defs/d${depth - 1}` }] };
const $defs = Object.fromEntries(Array.from({ length: 31 }, (_, depth) => [`d${depth}`, twice(depth)]));

describe('what a schema contains', () => {
  it('is never run as code, whatever it is called', async () => {
    const names = [
      '"]; globalThis.hit = 1; //',
      "'+process.exit(7)+'",
      ['`$', '{process.exit(7)}`'].join(''),
      '\u2028process.exit(7)',
      '*/process.exit(7)/*',
    ];
    const schema = {
      title: names[0],
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, { const: name, type: ['string', 'null'] }])),
      patternProperties: { '^["\'`\\\\\\]/]+$': { enum: names } },
      dependentRequired: { [names[1] ?? '']: names },
      $defs: { [names[2] ?? '']: { not: { const: names } } },
    };
    const event = Object.fromEntries(names.map((name) => [name, name]));
    expect(await check(schema, event, { ...event, [names[3] ?? '']: 'x' })).toMatchObject([
      null,
      { pointer: `/${names[3]}` },
    ]);
    expect(Object.hasOwn(globalThis, 'hit')).toBe(false);
  });

  it('matches patterns in time that grows with the text only', async () => {
    const evil = `${'a'.repeat(50_000)}!`;
    const patterns = ['^(a+)+$', '^(a|aa)+$', '^(a|a?)+$', '(.*)*x$', '^([a-z]+)*[0-9]$'];
    for (const pattern of patterns) {
      const [misfit] = await check({ pattern, patternProperties: { [pattern]: false } }, evil);
      expect(misfit, pattern).toEqual({ pointer: '', reason: `must match pattern "${pattern}"` });
    }
    expect(await check({ format: 'email' }, `a@${'.'.repeat(100_000)}`)).toMatchObject([{ pointer: '' }]);
  });

  it('has as many patterns as it says', async () => {
    const properties = { a: { pattern: '^a$' }, b: { pattern: '^b$' } };
    const found = await check({ properties }, { a: 'a', b: 'b' }, { a: 'b', b: 'b' }, { a: 'a', b: 'a' });
    expect(found).toMatchObject([null, { pointer: '/a' }, { pointer: '/b' }]);
  });

  it('that takes too long, and more memory than there is, keeps neither the engine nor other events back', async () => {
    const schema = { if: { const: 1 }, else: { $ref: '#/$defs/d30' }, $defs };
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    expect(await check(schema, 1, 2, 1)).toEqual([null, 'slow', null]);
    delay.disable();
    // The machine may be busy: the event was looked at twice, until there was no more memory.
    expect(delay.max / 1e6).toBeLessThan(2_000);
  });

  it('that never comes to an end is left when the engine has gone', async () => {
    const child = fork(fileURLToPath(new URL('./program.ts', import.meta.url)), {
      execArgv: [],
      serialization: 'advanced',
    });
    const schema = JSON.stringify({ $ref: '#/$defs/d30', $defs });
    child.send({ types: [{ type: 't', schema }] });
    expect((await once(child, 'message'))[0]).toEqual({ ready: true });
    child.send({ events: JSON.stringify([['t', 2]]) });
    child.disconnect();
    expect(await once(child, 'exit')).toHaveLength(2);
  });

  it('that leads to no end is a reason, not a crash', async () => {
    const schema = { $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } }, $ref: '#/$defs/a' };
    expect(await check(schema, {})).toEqual([{ pointer: '', reason: 'it is nested too deeply' }]);
  });

  it('that cannot become a check is named with its type', async () => {
    checker = new SchemaChecker([
      { type: 'good', schema: '{}' },
      { type: 'bad', schema: '{"pattern":"\\\\p{Lx}"}' },
    ]);
    await expect(checker.check([{ type: 'good', event: {} }])).rejects.toEqual(code('EVENT_SCHEMA_BROKEN'));
  });
});

describe('many events', () => {
  it('are checked beside the other work of the engine', async () => {
    const schema = { properties: { list: { items: { type: 'integer' } } } };
    const events = Array.from({ length: 3_000 }, (_, n) => ({
      list: [n, n % 100 === 0 ? 'x' : n],
      text: 'x'.repeat(200),
    }));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const found = await check(schema, ...events);
    delay.disable();
    expect(found.filter((misfit) => misfit !== null)).toHaveLength(30);
    expect(delay.percentile(90) / 1e6).toBeLessThan(50);
  });
});
