import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorReply } from '../../contract/errors.ts';
import { publishedSecret } from '../../server/signals/signature.ts';
import type { Caller, Web, WebReply } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const editor: Caller = { by: 'token', role: 'editor' };
const secret = 'a shared secret of many letters';
let web: Web;
beforeAll(async () => {
  web = await startWeb();
  const body = { name: 'hooks', kind: 'incoming-webhook', label: 'Hooks', settings: { secret } };
  expect((await web.call('createConnection', { as: editor, body })).status).toBe(200);
  await publish('orders', { path: 'orders', parameters: [parameter] });
});
afterAll(() => web.close());
beforeEach(() => web.instance.db('signals').delete());

const parameter = { name: 'count', type: 'integer', required: true, default: '', from: 'order.count' };

async function publish(internalName: string, config: object): Promise<WebReply> {
  const node = {
    id: 'n',
    type: 'incoming-webhook',
    name: 'hook',
    label: 'Hook',
    x: 0,
    y: 0,
    config: { connection: 'hooks', ...config },
  };
  const workflow = { formatVersion: 1, internalName, label: internalName, nodes: [node], transitions: [] };
  await web.call('createWorkflow', { as: editor, body: { workflow } });
  return web.call('publishWorkflow', { as: editor, params: { workflow: internalName }, body: { revision: 1 } });
}

interface Sent {
  path?: string;
  body?: string;
  secret?: string;
  /** Seconds by which the sender's clock differs. */
  off?: number;
  /** Seconds since 1970 at which it was signed; left out: now. */
  signedAt?: number;
  headers?: Record<string, string>;
}

const secondsNow = () => Math.floor(web.clock.now().getTime() / 1_000);

function send({ path = 'orders', body = '{"order":{"count":3}}', off = 0, headers = {}, ...more }: Sent = {}) {
  const seconds = (more.signedAt ?? secondsNow()) + off;
  const mac = createHmac('sha256', more.secret ?? secret)
    .update(`${seconds}.${body}`)
    .digest('hex');
  const own = { 'content-type': 'application/json', 'x-syncline-signature': `t=${seconds},v1=${mac}` };
  return web.fetch(`/hooks/${path}`, { method: 'POST', body, headers: { ...own, ...headers } });
}

const stored = () => web.instance.db('signals').orderBy('id');
const refusal = ({ status, json }: WebReply) => ({ status, code: (json as ErrorReply).code });

describe('a call of a webhook', () => {
  it('is stored before it is answered with 202', async () => {
    const { status, json } = await send();
    expect({ status, json }).toMatchObject({ status: 202, json: { state: 'queued' } });
    expect(await stored()).toMatchObject([
      {
        name: 'orders',
        hook: 'orders',
        state: 'queued',
        start_node: 'n',
        parameters: '{"count":3}',
        payload: '{"order":{"count":3}}',
      },
    ]);
  });

  it.each([
    ['of another secret', { secret: 'another secret of many letters' }],
    ['that is too old', { off: -301 }],
    ['that lies ahead', { off: 302 }],
    ['that is missing', { headers: { 'x-syncline-signature': '' } }],
    ['of another form', { headers: { 'x-syncline-signature': 'sha256=abc' } }],
    ['of another body', { headers: { 'x-syncline-signature': `t=1,v1=${'0'.repeat(64)}` } }],
  ])('is refused with a signature %s', async (_, sent) => {
    expect(refusal(await send(sent))).toEqual({ status: 401, code: 'HOOK_SIGNATURE' });
    expect(await stored()).toEqual([]);
  });

  it('is taken within five minutes of the clock here', async () => {
    expect((await send({ off: -295 })).status).toBe(202);
    expect((await send({ off: 295 })).status).toBe(202);
  });

  it('is stored once when it is replayed, whatever id is put on it', async () => {
    const signedAt = secondsNow();
    const first = await send({ signedAt });
    const replayed = await send({ signedAt, headers: { 'x-syncline-id': 'new' } });
    expect(replayed.json).toEqual({ id: (first.json as { id: string }).id, state: 'known' });
    expect(await stored()).toHaveLength(1);
  });

  it('is taken at one webhook only, though others have the same secret', async () => {
    await publish('pay', { path: 'pay', parameters: [parameter] });
    const signedAt = secondsNow();
    expect((await send({ signedAt })).status).toBe(202);
    expect(refusal(await send({ signedAt, path: 'pay' }))).toEqual({ status: 401, code: 'HOOK_SIGNATURE' });
    expect(await stored()).toHaveLength(1);
    expect((await send({ signedAt, path: 'pay', off: 1 })).status).toBe(202);
  });

  it('is stored once when its sender tries again later under the same id', async () => {
    const headers = { 'x-syncline-id': 'order 1' };
    await send({ headers });
    web.clock.step(2_000);
    const { status, json } = await send({ headers });
    expect({ status, json }).toMatchObject({ status: 202, json: { state: 'known' } });
    expect(await stored()).toHaveLength(1);
  });

  it.each([
    [{ path: 'nowhere' }, 404, 'NOT_FOUND'],
    [{ body: '{"order":{}}' }, 400, 'SIGNAL_PARAMETER'],
    [{ body: 'no json' }, 400, 'INVALID_INPUT'],
    [{ body: `"${'x'.repeat(1_100_000)}"` }, 400, 'INVALID_INPUT'],
    [{ headers: { 'content-type': 'text/plain' } }, 415, 'HOOK_NOT_JSON'],
  ] as const)('is refused: %j', async (sent, status, code) => {
    expect(refusal(await send(sent))).toEqual({ status, code });
    expect(await stored()).toEqual([]);
  });

  it.each([
    ['waits for no run', { state: 'queued' }],
    ['is over', { state: 'taken', payload: null }],
  ])('is refused under the id of another message that %s: nothing is left out in silence', async (_, row) => {
    const headers = { 'x-syncline-id': 'order 1' };
    await send({ headers });
    await web.instance.db('signals').update(row);
    web.clock.step(2_000);
    const other = await send({ headers, body: '{"order":{"count":4}}' });
    if ('payload' in row) expect(other.json).toMatchObject({ state: 'known' });
    else expect(refusal(other)).toEqual({ status: 422, code: 'HOOK_ID_USED' });
    expect(await stored()).toHaveLength(1);
  });

  it('is taken again under its id when it was dismissed', async () => {
    const headers = { 'x-syncline-id': 'order 1' };
    await send({ headers });
    await web.instance.db('signals').update({ state: 'dismissed' });
    web.clock.step(2_000);
    expect((await send({ headers })).json).toMatchObject({ state: 'queued' });
    expect((await stored()).map(({ event_id }) => event_id)).toEqual([null, 'order 1']);
  });

  it('is told to come later, and when, after too many in a minute', async () => {
    web.instance.config.hookCallsPerMinute = 2;
    await send();
    web.clock.step(20_000);
    await send();
    web.clock.step(1_500);
    const reply = await send();
    expect(refusal(reply)).toEqual({ status: 429, code: 'HOOK_BUSY' });
    const seconds = Number(reply.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThan(40);
    web.clock.step(seconds * 1_000);
    expect((await send()).status).toBe(202);
    web.instance.config.hookCallsPerMinute = 6_000;
  });

  it('is left to its sender while too little disk is free, with the time of another try', async () => {
    const floor = web.instance.config.diskFloorMB;
    web.instance.config.diskFloorMB = 1_000_000_000;
    const reply = await send();
    expect(refusal(reply)).toEqual({ status: 503, code: 'HOOK_FULL' });
    expect(reply.headers.get('retry-after')).toBe('300');
    expect(reply.text).not.toContain('MB');
    expect(web.logged()).toContain('too little disk is free');
    expect(await stored()).toEqual([]);
    web.instance.config.diskFloorMB = floor;
    expect((await send()).status).toBe(202);
  });

  it('is signed with the published secret of a demo in vain where no demo is', async () => {
    const file = new URL('../../demo/connections/consents.json', import.meta.url);
    const { settings } = JSON.parse(await readFile(file, 'utf8')) as { settings: { secret: string } };
    expect(settings).toEqual({ secret: publishedSecret });
    const body = { name: 'demo', kind: 'incoming-webhook', label: 'Demo', settings };
    expect((await web.call('createConnection', { as: editor, body })).status).toBe(200);
    await publish('demo', { path: 'demo', connection: 'demo' });
    const reply = await send({ path: 'demo', secret: publishedSecret });
    expect(refusal(reply)).toEqual({ status: 503, code: 'HOOK_CLOSED' });
    expect(web.logged()).toContain('is published');
  });

  it('is not told why its connection cannot be read; the log says it', async () => {
    await publish('closed', { path: 'closed' });
    await web.instance
      .db('hooks')
      .where({ path: 'closed' })
      .update({ declaration: JSON.stringify({ path: 'closed', connection: 'gone', parameters: [] }) });
    const reply = await send({ path: 'closed' });
    expect(refusal(reply)).toEqual({ status: 503, code: 'HOOK_CLOSED' });
    expect(reply.text).not.toContain('gone');
    expect(web.logged()).toContain('a webhook could not be checked');
  });
});

describe('a call with events', () => {
  const column = { name: 'n', type: 'integer', value: 'field', from: '' };
  const body = (...events: unknown[]) => JSON.stringify({ events });
  const gauge = async (name: string) =>
    /^.* (\d+)$/m.exec(
      (await web.fetch('/metrics')).text.split('\n').find((line) => line.startsWith(`${name}{hook="events"}`)) ?? '',
    )?.[1];

  it('leaves out those that came before, says how many, and shows for how long the oldest waits', async () => {
    const config = { path: 'events', records: 'events', eventId: 'id', starts: 'batch', columns: [column] };
    expect((await publish('events', config)).status).toBe(200);
    const path = 'events';
    const first = await send({ path, body: body({ id: 'a' }, { id: 'b' }, {}) });
    expect({ status: first.status, json: first.json }).toMatchObject({
      status: 202,
      json: { state: 'queued', taken: 3, known: 0 },
    });
    web.clock.step(90_000);
    expect((await send({ path, body: body({ id: 'c' }, { id: 'a' }) })).json).toMatchObject({ taken: 1, known: 1 });
    const again = await send({ path, body: body({ id: 'c' }, { id: 'b' }) });
    expect({ status: again.status, json: again.json }).toEqual({
      status: 202,
      json: { id: null, state: 'known', taken: 0, known: 2 },
    });
    expect((await stored()).map(({ events, known }) => ({ events, known }))).toEqual([
      { events: 3, known: null },
      { events: 1, known: '[1]' },
    ]);
    const waiting = await web.call('listWaitingEvents', { as: editor, params: { workflow: 'events' } });
    expect(waiting.json).toMatchObject([
      { path, nodeId: 'n', calls: 2, events: 4, oldestSeconds: 90, runId: null, lateAfter: 30 },
    ]);
    expect(await gauge('syncline_hook_waiting_events')).toBe('4');
    expect(await gauge('syncline_hook_oldest_waiting_seconds')).toBe('90');
  });

  it('is refused when there are too many to be looked through, and nothing of it is taken', async () => {
    await publish('events', { path: 'events', records: 'events', eventId: 'id', columns: [column] });
    const reply = await send({
      path: 'events',
      body: body(...Array.from({ length: 10_001 }, (_, id) => ({ id: `x${id}` }))),
    });
    expect(refusal(reply)).toEqual({ status: 413, code: 'HOOK_TOO_MANY' });
    expect(await stored()).toEqual([]);
  });

  it('waits in far greater number where many start a run together', async () => {
    await publish('many', { path: 'many', starts: 'batch', columns: [column] });
    const { id } = await web.instance.db('workflows').where({ internal_name: 'many' }).first('id');
    const old = {
      received_at: '2020-01-01T00:00:00.000Z',
      parameters: '{}',
      complete: true,
      by: 'many',
      state: 'queued',
    };
    const row = (n: number) => ({
      ...old,
      id: `many ${n}`,
      workflow_id: id,
      name: 'many',
      hook: 'many',
      signature: `m${n}`,
    });
    await web.instance.db.batchInsert(
      'signals',
      Array.from({ length: 1_000 }, (_, n) => row(n)),
      50,
    );
    expect((await send({ path: 'many', body: '[{"n":1}]' })).status).toBe(202);
  });
});

describe('events that go no further by themselves', () => {
  const column = { name: 'n', type: 'integer', value: 'field', from: '' };
  const params = { workflow: 'stuck', hook: 'stuck' };
  const waiting = async () => {
    const { json } = await web.call('listWaitingEvents', { as: editor, params: { workflow: 'stuck' } });
    return (json as { stuck: object }[])[0];
  };

  it('are counted, and delivered again or dismissed by an operator, which the trail keeps', async () => {
    await publish('stuck', { path: 'stuck', starts: 'batch', columns: [column] });
    await send({ path: 'stuck', body: '[{"n":1},{"n":2}]' });
    await web.instance.db('signals').update({ state: 'failed' });
    expect(await waiting()).toMatchObject({
      events: 2,
      stuck: { left: { events: 0, run: null }, failed: 2, closed: 0 },
    });
    const operator: Caller = { by: 'token', role: 'operator' };
    expect((await web.call('retryEvents', { as: operator, params })).json).toEqual({ calls: 1 });
    expect(await waiting()).toMatchObject({ events: 2, stuck: { failed: 0 } });
    expect((await web.call('dismissEvents', { as: operator, params })).json).toEqual({ calls: 0 });
    await web.call('unpublishWorkflow', { as: editor, params: { workflow: 'stuck' } });
    expect(await waiting()).toMatchObject({ events: 2, nodeId: null, stuck: { closed: 2 } });
    const deleting = { as: editor, params: { workflow: 'stuck' } };
    expect(refusal(await web.call('deleteWorkflow', deleting))).toEqual({ status: 409, code: 'EVENTS_WAIT' });
    expect((await web.call('dismissEvents', { as: operator, params })).json).toEqual({ calls: 1 });
    expect(await waiting()).toBeUndefined();
    const trail = await web.call('listAudit', { as: { by: 'token', role: 'admin' } });
    expect(trail.text).toContain('"events.retry"');
    expect(trail.text).toContain('"events.dismiss"');
    expect((await web.call('deleteWorkflow', deleting)).status).toBe(200);
  });
});

describe('a path', () => {
  it('belongs to one workflow, until that is unpublished or deleted', async () => {
    expect((await publish('second', { path: 'shared' })).status).toBe(200);
    expect(refusal(await publish('third', { path: 'shared' }))).toEqual({ status: 409, code: 'HOOK_TAKEN' });
    await web.call('unpublishWorkflow', { as: editor, params: { workflow: 'second' } });
    expect(refusal(await send({ path: 'shared' }))).toEqual({ status: 404, code: 'NOT_FOUND' });
    const again = await web.call('publishWorkflow', {
      as: editor,
      params: { workflow: 'third' },
      body: { revision: 1 },
    });
    expect(again.status).toBe(200);
    await web.call('deleteWorkflow', { as: editor, params: { workflow: 'third' } });
    expect(await web.instance.db('hooks').where({ path: 'shared' })).toEqual([]);
  });

  it('keeps the connection from being deleted', async () => {
    const reply = await web.call('deleteConnection', { as: editor, params: { connection: 'hooks' } });
    expect(refusal(reply)).toEqual({ status: 409, code: 'CONNECTION_USED' });
  });
});
