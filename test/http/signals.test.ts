import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import type { Caller, Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const operator: Caller = { by: 'token', role: 'operator' };
const editor: Caller = { by: 'token', role: 'editor' };
let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

async function publish(internalName: string, config: object): Promise<void> {
  const node = { id: 'n', type: 'external-signal', name: 'signal', label: 'Signal', x: 0, y: 0, config };
  const workflow = { formatVersion: 1, internalName, label: internalName, nodes: [node], transitions: [] };
  await web.call('createWorkflow', { as: editor, body: { workflow } });
  const published = await web.call('publishWorkflow', {
    as: editor,
    params: { workflow: internalName },
    body: { revision: 1 },
  });
  expect(published.status).toBe(200);
}

const send = (workflow: string, signal: string, body: unknown = {}) =>
  web.call('sendSignal', { as: operator, params: { workflow, signal }, body });
const list = async (workflow: string): Promise<Reply<'listSignals'>> =>
  (await web.call('listSignals', { as: operator, params: { workflow } })).json;

describe('sending a signal', () => {
  const parameters = [
    { name: 'count', type: 'integer', required: true, default: '' },
    { name: 'day', type: 'date', required: false, default: '2026-01-31' },
  ];

  it('stores it before it answers, and says so in the trail', async () => {
    await publish('stored', { signal: 'go', parameters });
    const { status, json } = await send('stored', 'go', { parameters: { count: '12' } });
    expect({ status, json }).toMatchObject({ status: 200, json: { state: 'queued' } });
    expect(await list('stored')).toMatchObject([{ name: 'go', state: 'queued', runId: null, error: null }]);
    const [row] = await web.instance.db('signals').select('parameters', 'start_node');
    expect(row).toEqual({ parameters: '{"count":12,"day":"2026-01-31"}', start_node: null });
    const trail = await web.call('listAudit', {
      query: { subject: 'workflow:stored' },
      as: { by: 'token', role: 'admin' },
    });
    expect((trail.json as Reply<'listAudit'>)[0]).toMatchObject({ action: 'signal.send' });
  });

  it.each([
    [{}, 'The parameter "count" is not right: it is required.'],
    [{ count: 'many' }, 'The parameter "count" is not right: "many" is not a whole number.'],
    [{ count: 1, more: 2 }, 'The parameter "more" is not right: it is not declared.'],
  ])('refuses parameters that the node does not declare so: %j', async (given, message) => {
    const { status, json } = await send('stored', 'go', { parameters: given });
    expect({ status, ...(json as ErrorReply) }).toMatchObject({ status: 400, code: 'SIGNAL_PARAMETER', message });
  });

  it('says when the workflow or the signal does not exist', async () => {
    expect((await send('nowhere', 'go')).json).toMatchObject({ code: 'NOT_FOUND' });
    const unknown = await send('stored', 'other');
    expect({ status: unknown.status, json: unknown.json }).toMatchObject({
      status: 404,
      json: { code: 'SIGNAL_UNKNOWN' },
    });
  });

  it('is refused when nothing waits and the node says so', async () => {
    await publish('strict', { signal: 'go', unexpected: 'refuse' });
    const { status, json } = await send('strict', 'go');
    expect({ status, json }).toMatchObject({ status: 409, json: { code: 'SIGNAL_UNEXPECTED' } });
  });

  it('is tried again when it could not start a run, and only then', async () => {
    await publish('begins', { signal: 'go', unexpected: 'start' });
    const { id } = (await send('begins', 'go')).json as { id: string };
    const retry = (workflow: string) => web.call('retrySignal', { as: operator, params: { workflow, signal: id } });
    expect((await retry('begins')).json).toMatchObject({ code: 'NOT_FOUND' });
    await web.instance.db('signals').where({ id }).update({ state: 'failed', error: '{}' });
    expect((await retry('stored')).json).toMatchObject({ code: 'NOT_FOUND' });
    expect((await retry('begins')).json).toEqual({ id, state: 'queued' });
    expect(await list('begins')).toMatchObject([{ id, state: 'queued', error: null }]);
    const trail = (await web.call('listAudit', { query: { limit: '1' } })).json;
    expect(trail).toMatchObject([{ action: 'signal.retry', subject: expect.stringContaining('begins') }]);
  });

  it('is refused when its parameters are too large', async () => {
    await publish('large', {
      signal: 'go',
      parameters: [{ name: 'text', type: 'text', required: false, default: '' }],
    });
    const { status, json } = await send('large', 'go', { parameters: { text: 'x'.repeat(70_000) } });
    expect({ status, json }).toMatchObject({ status: 413, json: { code: 'SIGNAL_TOO_LARGE' } });
  });

  it('is refused when too many have not been taken yet, and forgets those that were over long ago', async () => {
    await publish('full', { signal: 'go' });
    const { id } = await web.instance.db('workflows').where({ internal_name: 'full' }).first('id');
    const row = (number: number, state: string) => ({
      id: `full ${state} ${number}`,
      workflow_id: id,
      name: 'go',
      parameters: '{}',
      complete: true,
      by: 'test',
      received_at: '2020-01-01T00:00:00.000Z',
      state,
    });
    await web.instance.db('signals').insert(row(0, 'taken'));
    await web.instance.db.batchInsert(
      'signals',
      Array.from({ length: 1_000 }, (_, number) => row(number, 'queued')),
      50,
    );
    const { status, json } = await send('full', 'go');
    expect({ status, json }).toMatchObject({ status: 429, json: { code: 'SIGNALS_FULL', details: { count: 1_000 } } });
    await web.instance.db('signals').where({ id: 'full queued 0' }).delete();
    expect((await send('full', 'go')).status).toBe(200);
    expect((await list('full')).some((signal) => signal.state === 'taken')).toBe(false);
  });
});
