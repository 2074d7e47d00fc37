import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import { setHold } from '../../server/keeping/hold.ts';
import { killRun } from '../../server/runs/commands.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const node = { id: 'n', type: 'start', name: 'start', label: 'Start', x: 0, y: 0, config: {} };
const workflow = { formatVersion: 1, internalName: 'flow', label: 'Flow', nodes: [node], transitions: [] };
const draft = { params: { workflow: 'flow' }, body: { which: 'draft' } };

let web: Web;
beforeAll(async () => {
  web = await startWeb();
  await web.call('createWorkflow', { body: { workflow } });
});
afterAll(() => web.close());

describe('the rows of a run', () => {
  it('are given up by hand only when it has ended; the engine deletes them', async () => {
    const { id } = (await web.call('startRun', draft)).json as { id: string };
    const active = await web.call('purgeRun', { params: { run: id } });
    expect([active.status, active.json]).toEqual([409, expect.objectContaining({ code: 'RUN_ACTIVE' })]);
    await inRun(web.instance.db, id, (tx) => killRun(tx, id, web.clock.now().toISOString()));
    expect((await web.call('purgeRun', { params: { run: id } })).json).toEqual({ ok: true });
    expect(await web.instance.db('runs').where({ id }).first()).toMatchObject({ purged: 1, store_gone: 0 });
    expect((await web.call('getRun', { params: { run: id } })).status).toBe(200);
    expect((await web.call('listAudit', { query: { subject: `run:${id}` } })).json).toMatchObject([
      { action: 'run.purge' },
    ]);
  });

  it('are measured, with free disk and its floor', async () => {
    const { json } = await web.call('getStorage', { as: { by: 'token', role: 'viewer' } });
    expect(json).toMatchObject({ floorBytes: 512_000_000, runBytes: 0, localBytes: 0, runs: [] });
  });
});

describe('a restored instance', () => {
  it('starts no run until an admin confirms, and says so to everybody', async () => {
    const hold = { restoredAt: '2026-03-02T08:00:00.000Z', backupAt: '2026-03-01T08:00:00.000Z' };
    await inTransaction(web.instance.db, (tx) => setHold(tx, hold));
    const started = await web.call('startRun', draft);
    expect([started.status, started.json]).toEqual([409, expect.objectContaining({ code: 'INSTANCE_HELD' })]);
    expect((await web.call('getSession', { as: { by: 'cookie', role: 'viewer' } })).json).toMatchObject({ held: hold });
    expect((await web.fetch('/healthz')).json).toMatchObject({ ok: true, held: true });
    expect((await web.call('confirmRestore', { as: { by: 'token', role: 'editor' } })).status).toBe(403);
    expect((await web.call('confirmRestore')).json).toEqual({ ok: true });
    expect((await web.fetch('/healthz')).json).toMatchObject({ held: false });
    expect((await web.call('startRun', draft)).status).toBe(200);
  });
});
