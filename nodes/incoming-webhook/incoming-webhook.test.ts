import { describe, expect, it } from 'vitest';
import type { Json } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { WebhookConfig } from './config.ts';
import { definition } from './definition.ts';

const engine = testEngine();
let paths = 0;
const column = (name: string, type: WebhookConfig['columns'][number]['type'] = 'text', from = '') => ({
  name,
  type,
  value: 'field' as const,
  from,
});
const parameter = (name: string, given: Partial<WebhookConfig['parameters'][number]> = {}) => ({
  name,
  type: 'text' as const,
  required: false,
  default: '',
  from: '',
  ...given,
});

const typed = (...types: string[]) => ({
  eventType: 't',
  events: types.map((type) => ({ type, schema: '{}' })),
  columns: [column('a')],
});
const batch = { starts: 'batch' as const, columns: [column('a')] };

async function hooked(config: Partial<WebhookConfig>) {
  paths += 1;
  const path = `path${paths}`;
  const flow = await engine
    .flow({ hook: { type: 'incoming-webhook', config: { path, connection: 'hooks', ...config } } }, [])
    .published();
  return { path, flow };
}

describe('a Webhook', () => {
  it('starts a run of the published version with what was sent as variables and records', async () => {
    const { path, flow } = await hooked({
      parameters: [
        parameter('customer', { from: 'order.customer.name' }),
        parameter('count', { type: 'integer', default: '7' }),
      ],
      records: 'order.lines',
      columns: [column('Sku'), column('Price', 'decimal', 'price.amount'), column('Note')],
    });
    const lines: Json[] = [
      { Sku: 'a', price: { amount: 12.5 } },
      { Sku: 'b', price: { amount: '3.00' }, Note: 'gift' },
    ];
    await flow.call(path, { order: { customer: { name: 'Anna' }, lines } });
    const run = await (await flow.startedRun()).finished();
    expect(run.describe()).toMatch(/^succeeded/);
    expect(run.detail.origin).toEqual({ kind: 'webhook', by: path });
    expect(run.vars('hook')).toMatchObject({ customer: 'Anna', count: 7 });
    expect(await run.rows('hook.success')).toEqual([
      { Sku: 'a', Price: '12.5', Note: null },
      { Sku: 'b', Price: '3', Note: 'gift' },
    ]);
  });

  it('rejects records that do not fit, each as it was sent', async () => {
    const { path, flow } = await hooked({ columns: [column('Id', 'integer')] });
    await flow.call(path, [{ Id: 1 }, { Id: 'many' }, 5]);
    const run = await (await flow.startedRun()).finished();
    expect(run.state).toBe('succeeded with rejects');
    expect(await run.rows('hook.success')).toEqual([{ Id: 1 }]);
    expect(await run.rows('hook.reject')).toMatchObject([
      { errorCode: 'TYPE_MISMATCH', errorFields: 'Id', record: { Id: 'many' } },
      { errorCode: 'TYPE_MISMATCH', errorFields: null, record: 5 },
    ]);
  });

  it('takes one object for one record', async () => {
    const { path, flow } = await hooked({ columns: [column('Id')] });
    await flow.call(path, { Id: 'x' });
    expect(await (await (await flow.startedRun()).finished()).rows('hook.success')).toEqual([{ Id: 'x' }]);
  });

  it('fails when there are no records where they should stand', async () => {
    const { path, flow } = await hooked({ columns: [column('Id')], records: 'order.lines' });
    await flow.call(path, { order: {} });
    const run = await (await flow.startedRun()).finished();
    expect(run.error).toMatchObject({ code: 'HOOK_RECORDS', details: { path: 'order.lines' } });
  });

  it('goes on without records when a person starts it', async () => {
    const { flow } = await hooked({ columns: [column('Id')] });
    const run = await (await flow.started()).finished();
    expect(run.counts).toEqual({ 'hook.success': 0, 'hook.reject': 0 });
    expect(run.log('hook')[0]).toBe('Started without a call: no records');
  });

  it('takes events of listed types that fit their schema, and rejects all others with the place and the reason', async () => {
    const schema = JSON.stringify({ required: ['user'], properties: { user: { type: 'string', pattern: '^u\\d+$' } } });
    const { path, flow } = await hooked({
      eventType: 'type',
      eventId: 'id',
      events: [
        { type: 'consent', schema },
        { type: 'any', schema: 'true' },
      ],
      columns: [
        column('user'),
        column('size', 'integer'),
        { ...column('at', 'datetime'), value: 'received' },
        { ...column('place', 'integer'), value: 'position' },
        { ...column('whole', 'json'), value: 'event' },
      ],
    });
    const sent: Json[] = [
      { id: 1, type: 'consent', user: 'u1' },
      { user: 'u1', type: 'consent', id: 1 },
      { id: 2, type: 'consent', user: 'x' },
      { id: 3, type: 'other' },
      { id: 4 },
      { type: 'any' },
      { id: 5, type: 'consent' },
      { id: 6, type: 'any', size: 'x' },
      { id: 7, type: 'any' },
    ];
    await flow.call(path, sent);
    const run = await (await flow.startedRun()).finished();
    const rows = await run.rows('hook.success');
    expect(rows).toMatchObject([
      { user: 'u1', place: 1, whole: sent[0] },
      { user: null, place: 8, whole: sent[8] },
    ]);
    expect(Date.parse(String(rows[0]?.at))).toBeGreaterThan(0);
    const rejects = await run.rows('hook.reject');
    expect(rejects.map(({ errorCode, errorFields }) => [errorCode, errorFields])).toEqual([
      ['EVENT_SCHEMA', '/user'],
      ['EVENT_TYPE_UNKNOWN', 'type'],
      ['EVENT_TYPE_MISSING', 'type'],
      ['EVENT_ID_MISSING', 'id'],
      ['EVENT_SCHEMA', null],
      ['TYPE_MISMATCH', 'size'],
    ]);
    expect(rejects[0]).toMatchObject({
      errorMessage: 'The event does not fit the schema of its type "consent": /user must match pattern "^u\\d+$".',
      record: sent[2],
    });
    expect(run.log('hook').at(-1)).toBe('2 records, 6 rejected, 1 left out that came before');
  });

  it('takes an event that was rejected when it comes again under its id, corrected', async () => {
    const schema = '{"required":["user"]}';
    const events = { eventType: 'type', eventId: 'id', events: [{ type: 'consent', schema }] };
    const { path, flow } = await hooked({ ...events, columns: [column('user'), column('size', 'integer')] });
    const event = (id: number, more: Record<string, Json>) => ({ id, type: 'consent', ...more });
    const taken = event(1, { user: 'a' });
    await flow.call(path, [taken, event(2, {}), event(3, { user: 'c', size: 'x' })]);
    const first = await flow.startedRun();
    expect((await first.finished()).counts).toEqual({ 'hook.success': 1, 'hook.reject': 2 });
    await flow.call(path, [taken, event(2, { user: 'b' }), event(3, { user: 'c' })]);
    const second = await (await flow.startedRun(first)).finished();
    expect((await second.rows('hook.success')).map(({ user }) => user)).toEqual(['b', 'c']);
    expect(second.log('hook').at(-1)).toBe('2 records, 0 rejected, 1 left out that came before');
  });

  it('takes another version of an event under its id, and marks all of an event as personal', async () => {
    const columns = [column('user'), { ...column('whole', 'json'), value: 'event' as const }];
    const { path, flow } = await hooked({ eventId: 'id', columns });
    await flow.call(path, [
      { id: 1, user: 'a' },
      { id: 1, user: 'b' },
      { user: 'b', id: 1 },
    ]);
    const run = await (await flow.startedRun()).finished();
    expect((await run.rows('hook.success')).map(({ user }) => user)).toEqual(['a', 'b']);
    const drawn = { ...definition.defaults, columns };
    expect(definition.columns?.(drawn, []).success).toMatchObject([
      { name: 'user' },
      { name: 'whole', personal: true },
    ]);
    expect(definition.columns?.(drawn, []).success?.[0]).not.toHaveProperty('personal');
  });

  it('rejects a call without events, and takes the others of the batch', async () => {
    const { path, flow } = await hooked({
      starts: 'batch',
      batchEvents: 2,
      columns: [column('n', 'integer')],
      records: 'list',
    });
    await flow.call(path, { list: [{ n: 1 }] });
    await flow.call(path, { other: 1 });
    await flow.call(path, { list: [{ n: 2 }] });
    const run = await (await flow.startedRun()).finished();
    expect(await run.rows('hook.success')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await run.rows('hook.reject')).toMatchObject([{ errorCode: 'HOOK_RECORDS', record: { other: 1 } }]);
  });

  it('names a connection that does not exist or holds no such secret', () => {
    const config = { ...definition.defaults, path: 'a', connection: 'crm' };
    const node = { id: 'n', type: 'incoming-webhook', name: 'n', label: 'n', x: 0, y: 0, config: {} };
    const codes = (connections: { name: string; kind: string; capabilities: string[] }[]) =>
      definition
        .check?.(config, { node, inputs: [], connections, workflows: null, workflow: 'drawn' })
        .map(({ code }) => code);
    expect(codes([])).toEqual(['CONNECTION_MISSING']);
    expect(codes([{ name: 'crm', kind: 'salesforce', capabilities: ['crm'] }])).toEqual(['CONNECTION_KIND']);
    expect(codes([{ name: 'crm', kind: 'incoming-webhook', capabilities: ['hook'] }])).toEqual([]);
  });

  it.each([
    [{ path: 'a b' }, 'path: use letters, digits, "_" or "-", at most 64'],
    [{ connection: '' }, 'connection: choose the connection whose secret signs the calls'],
    [{ parameters: [parameter('')] }, 'parameters.0.name: give the parameter a name'],
    [{ eventId: 'id' }, 'columns: add the columns of the events: without them nothing of an event goes on'],
    [{ starts: 'batch' }, 'columns: add the columns of the events: without them nothing of an event goes on'],
    [{ eventType: 't', columns: [column('a')] }, 'events: add the types that are taken: all others are rejected'],
    [{ events: [{ type: 'a', schema: '{}' }] }, 'eventType: say where the type stands in an event'],
    [{ ...typed('a', 'a') }, 'events.1.type: the type "a" is listed above'],
    [{ ...typed('') }, 'events.0.type: give the type of these events'],
    [
      { ...typed('a'), events: [{ type: 'a', schema: '{"items":{"type":"word"}}' }] },
      'events.0.schema: at /items/type: must be one or several of "string", "number", "integer", "boolean", "object", "array", "null"',
    ],
    [{ ...batch, batchEvents: 0 }, 'batchEvents: give a whole number from 1 to 10,000'],
    [{ ...batch, batchAmount: 0 }, 'batchAmount: give a number up to 10,000'],
    [
      { ...batch, batchUnit: 'hours' as const },
      'lateAfter: give more than a batch waits for: else each would raise the alarm',
    ],
    [
      { ...batch, parameters: [parameter('p')] },
      'parameters: a batch has no parameters, as each call brings its own: read them as columns of the events',
    ],
    [{ lateAfter: 1.5 }, 'lateAfter: give whole minutes up to 10,080 (a week)'],
    [
      { columns: [{ ...column('a', 'date'), value: 'received' as const }] },
      'columns.0.type: choose datetime or text for this value',
    ],
    [{ columns: [column('a'), column('a')] }, 'columns.1.name: another column is called "a" too'],
  ])('must make sense: %j', (config, problem) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, path: 'a', connection: 'b', ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual([problem]);
  });
});
