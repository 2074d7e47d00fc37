/** What can be done to a run over HTTP, without an engine: what it would do is in test/engine. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EndpointName, Reply } from '../../contract/api.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

let web: Web;
const place = { x: 0, y: 0, config: {} };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'flow',
  label: 'Flow',
  settings: { concurrency: 'parallel' },
  nodes: [
    { id: 'one', name: 'one', label: 'One', type: 'start', ...place },
    { id: 'two', name: 'two', label: 'Two', type: 'fork', ...place },
  ],
  transitions: [{ id: 't', from: 'one', port: 'success', to: 'two' }],
};
let run = '';
beforeAll(async () => {
  web = await startWeb();
  await web.call('createWorkflow', { body: { workflow } });
  await web.call('publishWorkflow', { params: { workflow: 'flow' }, body: { revision: 1 } });
});
afterAll(() => web.close());
beforeEach(async () => {
  run = (await start({ which: 'published' })).json.id;
});

type Summary = Reply<'startRun'> & { code?: string; details?: Record<string, unknown> };
async function start(body: Record<string, unknown>): Promise<{ status: number; json: Summary }> {
  return web.call('startRun', { params: { workflow: 'flow' }, body });
}
async function ask(name: EndpointName, more: Record<string, string> = {}): Promise<{ status: number; json: Summary }> {
  return web.call(name, { params: { run, ...more } });
}

it('a run is paused and resumed, and says why it cannot be when it cannot', async () => {
  expect(await ask('resumeRun')).toMatchObject({ status: 409, json: { code: 'RUN_NOT_PAUSED' } });
  expect((await ask('pauseRun')).json.state).toBe('paused');
  expect((await ask('resumeRun')).json.state).toBe('queued');
  await ask('stopRun');
  expect(await ask('pauseRun')).toMatchObject({ status: 409, json: { code: 'RUN_NOT_ACTIVE' } });
});

it('a stopped run goes on, an active one cannot, and the trail says who asked', async () => {
  expect(await ask('retryRun')).toMatchObject({ status: 409, json: { code: 'RUN_NOT_RETRIABLE' } });
  await ask('stopRun');
  expect((await ask('retryRun')).json).toMatchObject({ id: run, state: 'queued', endedAt: null });
  const trail = (await web.call('listAudit', { query: { subject: `run:${run}` } })).json as Reply<'listAudit'>;
  expect(trail.map((entry) => entry.action)).toEqual(['run.retry', 'run.stop']);
});

it('a restart gives the new run, which has the same version; that of a draft takes an editor', async () => {
  const { json } = await ask('restartRun');
  expect(json).toMatchObject({ version: 1, state: 'queued' });
  expect(json.id).not.toBe(run);
  run = (await start({ which: 'draft' })).json.id;
  const operator = { by: 'token', role: 'operator' } as const;
  const refused = (await web.call('restartRun', { params: { run }, as: operator })).json as Summary;
  expect(refused).toMatchObject({ code: 'ROLE_MISSING', details: { role: 'editor' } });
  expect((await ask('restartRun')).status).toBe(200);
});

it('one node is woken only if something waits there', async () => {
  expect(await ask('wakeNode', { node: 'one' })).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  await web.instance.db('tasks').where({ run_id: run }).update({ due: '2999-01-01T00:00:00.000Z' });
  expect((await ask('wakeNode', { node: 'one' })).status).toBe(200);
  expect(await web.instance.db('tasks').where({ run_id: run }).where('due', '<', '2999')).toHaveLength(1);
});

it('a run is started up to a node, from a node of another run, or as a simulation, and the trail says so', async () => {
  const simulated = await start({ which: 'published', to: 'two', simulate: true });
  expect(simulated.json.simulated).toBe(true);
  const trail = (await web.call('listAudit', { query: { limit: '1' } })).json as Reply<'listAudit'>;
  expect(trail[0]?.new).toEqual({ run: simulated.json.id, version: 1, to: 'two', simulate: true });
  expect(await start({ which: 'published', to: 'none' })).toMatchObject({ status: 404 });
  expect(await start({ which: 'published', to: 'no node at all!' })).toMatchObject({ status: 400 });
  const from = (node: string, of = run) => start({ which: 'published', from: { run: of, node } });
  const missing = { what: expect.stringContaining('"Two"') };
  expect(await from('two')).toMatchObject({ status: 404, json: { details: missing } });
  expect(await from('two', 'none')).toMatchObject({ status: 404 });
  expect((await from('one')).status).toBe(200);
});
