import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndpointName, Reply, Role } from '../../contract/api.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { Web } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const columns: Column[] = [
  { name: 'Id', label: 'Id', type: 'text', identifying: true },
  { name: 'Email', label: 'Email', type: 'text', personal: true, identifying: true },
  { name: 'Amount', label: 'Amount', type: 'decimal' },
  { name: 'Note', label: 'Note', type: 'text' },
];
const count = 2_500;
const rows: Cell[][] = Array.from({ length: count }, (_, index) => [
  `c${String(index).padStart(5, '0')}`,
  index % 10 === 0 ? null : `person${index}@example.com`,
  `${(index * 7) % 1_000}.5`,
  index === 3 ? '=HYPERLINK("http://evil")' : 'plain',
]);

let web: Web;
let params: Record<string, string>;
beforeAll(async () => {
  web = await startWeb();
  params = { ...(await fill()), port: 'success' };
});
afterAll(() => web.close());

/** A run whose first task has given the rows. */
async function fill(): Promise<{ run: string; task: string }> {
  const nodes = [{ id: 'begin', type: 'start', name: 'begin', label: 'Begin', x: 0, y: 0, config: {} }];
  const workflow = { formatVersion: 1, internalName: 'contacts', label: 'Contacts', nodes, transitions: [] };
  await web.call('createWorkflow', { body: { workflow } });
  const started = await web.call('startRun', { params: { workflow: 'contacts' }, body: { which: 'draft' } });
  const run = (started.json as Reply<'startRun'>).id;
  const { db } = web.instance;
  const task: { id: string } = await db('tasks').where({ run_id: run }).first('id');
  const stores = openStores({ folder: web.folder, mode: 'write' });
  const { signal } = new AbortController();
  const owner = { taskId: task.id, attempt: 1 };
  const writer = await stores.run(run).writer(owner, { columns, name: 'success', resume: false, signal });
  for (let from = 0; from < rows.length; from += 1_000) await writer.append(rows.slice(from, from + 1_000));
  const table = await writer.finish();
  await db('outputs').insert({
    task_id: task.id,
    port: 'success',
    run_id: run,
    kind: 'success',
    count: table.count,
    table_ref: JSON.stringify(table),
    kept: true,
  });
  await stores.local.ensure('people', columns, ['Id']);
  await stores.local.ensure('_delivered', columns, ['Id']);
  await stores.close();
  return { run, task: task.id };
}

const page = async (query: Record<string, string> = {}, role: Role = 'operator') => {
  const reply = await web.call('listRows', { params, query, as: { by: 'token', role } });
  expect(reply.status, reply.text).toBe(200);
  return reply.json as Reply<'listRows'>;
};
const trailOf = async (action: string) =>
  ((await web.call('listAudit', { query: { limit: '500' } })).json as Reply<'listAudit'>).filter(
    (entry) => entry.action === action,
  );

describe('the rows behind a transition', () => {
  it('come page by page, each row once', async () => {
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const next: Reply<'listRows'> = await page({ limit: '1000', ...(cursor === '' ? {} : { cursor }) });
      seen.push(...next.rows.map((row) => row[0]));
      expect([next.total, next.matching]).toEqual([count, count]);
      cursor = next.cursor;
    }
    expect(seen).toEqual(rows.map((row) => row[0]));
  });

  it('are sorted, filtered and searched', async () => {
    const sorted = await page({ sort: 'Amount', direction: 'desc', limit: '1' });
    expect(sorted.rows[0]?.[2]).toBe('999.5');
    const filter = JSON.stringify([{ column: 'Email', operator: 'isEmpty' }]);
    expect((await page({ filter, limit: '1' })).matching).toBe(count / 10);
    expect((await page({ search: 'PERSON2499@' })).rows.map((row) => row[0])).toEqual(['c02499']);
  });

  it('say what is wrong with the question', async () => {
    const ask = (query: Record<string, string>) => web.call('listRows', { params, query });
    expect((await ask({ sort: 'Nothing' })).json).toMatchObject({ code: 'COLUMN_UNKNOWN' });
    expect((await ask({ filter: 'x' })).json).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await ask({ cursor: 'made up' })).status).toBe(400);
    const elsewhere = await web.call('listRows', { params: { ...params, port: 'reject' } });
    expect([elsewhere.status, elsewhere.json]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
  });

  it('hide personal columns from viewers, whichever way they ask', async () => {
    const { rows: seen } = await page({ limit: '3' }, 'viewer');
    expect(seen.map((row) => row[1])).toEqual([null, '•••', '•••']);
    const ask = (query: Record<string, string>) =>
      web.call('listRows', { params, query, as: { by: 'token', role: 'viewer' } });
    const telling: Record<string, string>[] = [
      { sort: 'Email' },
      { search: 'person' },
      { filter: '[{"column":"Email","operator":"eq","value":"a"}]' },
    ];
    for (const query of telling)
      expect((await ask(query)).json).toMatchObject({ code: 'ROLE_MISSING', details: { role: 'operator' } });
    for (const name of ['downloadRows', 'followRecord'] satisfies EndpointName[]) {
      const call = { params: { ...params, format: 'csv' }, query: { value: 'person1@example.com' } };
      expect((await web.call(name, { ...call, as: { by: 'token', role: 'viewer' } })).status).toBe(403);
    }
  });

  it('leave a trace of who opened personal data, once for many pages', async () => {
    const before = (await trailOf('rows.open')).length;
    await page({}, 'admin');
    await page({ sort: 'Id' }, 'admin');
    await page({}, 'viewer');
    expect((await trailOf('rows.open')).length).toBe(before + 1);
    web.clock.step(16 * 60_000);
    await page({}, 'admin');
    expect((await trailOf('rows.open')).length).toBe(before + 2);
  });
});

describe('a download', () => {
  const download = async (format: string, query: Record<string, string> = {}) =>
    web.call('downloadRows', { params: { ...params, format }, query });

  it('is a CSV file that no spreadsheet executes', async () => {
    const { status, headers, text } = await download('csv');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(headers.get('content-disposition')).toBe('attachment; filename=contacts-begin-success.csv');
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(count + 1);
    expect(lines[0]).toBe('Id,Email,Amount,Note');
    expect(lines[4]).toBe(`c00003,person3@example.com,21.5,"'=HYPERLINK(""http://evil"")"`);
  });

  it('begins with a byte order mark when asked to', async () => {
    const { url } = web;
    const path = `/api/runs/${params.run}/tasks/${params.task}/success/rows.csv?bom=true&search=c00001`;
    const headers = { authorization: `Bearer ${web.tokenOf('operator')}` };
    const bytes = new Uint8Array(await (await fetch(url + path, { headers })).arrayBuffer());
    expect([...bytes.slice(0, 5)]).toEqual([0xef, 0xbb, 0xbf, 0x49, 0x64]);
  });

  it('is JSON when asked for, in the order and with the filter asked for', async () => {
    const filter = JSON.stringify([{ column: 'Amount', operator: 'eq', value: '999.5' }]);
    const { text } = await download('json', { filter, sort: 'Id', direction: 'desc' });
    const found = JSON.parse(text) as { Id: string; Amount: string }[];
    expect(found.length).toBeGreaterThan(1);
    expect(found.every((row) => row.Amount === '999.5')).toBe(true);
    expect(found.map((row) => row.Id)).toEqual(
      found
        .map((row) => row.Id)
        .sort()
        .reverse(),
    );
  });

  it('is noted, and refused in a form that does not exist', async () => {
    const before = (await trailOf('rows.download')).length;
    await download('csv');
    const trail = await trailOf('rows.download');
    expect(trail.length).toBe(before + 1);
    expect(trail[0]).toMatchObject({
      subject: `run:${params.run}`,
      new: { node: 'begin', port: 'success', format: 'csv' },
    });
    expect((await download('xml')).json).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('travels packed', async () => {
    const { request } = await import('node:http');
    const path = `/api/runs/${params.run}/tasks/${params.task}/success/rows.csv`;
    const headers = { authorization: `Bearer ${web.tokenOf('operator')}`, 'accept-encoding': 'gzip' };
    const body = await new Promise<Buffer>((resolve, reject) => {
      request(web.url + path, { headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve(Buffer.concat(parts)));
      })
        .on('error', reject)
        .end();
    });
    const text = gunzipSync(body).toString();
    expect(text.length).toBeGreaterThan(body.length * 3);
    expect(text).toContain('c02499');
  });
});

describe('a record', () => {
  it('is followed through a run by an identifying value, in any case of letters', async () => {
    const before = (await trailOf('rows.follow')).length;
    const { json } = await web.call('followRecord', { params, query: { value: 'Person42@EXAMPLE.com' } });
    const found = json as Reply<'followRecord'>;
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ taskId: params.task, nodeId: 'begin', port: 'success' });
    expect(found[0]?.row[0]).toBe('c00042');
    const trail = await trailOf('rows.follow');
    expect(trail.length).toBe(before + 1);
    expect(JSON.stringify(trail[0])).not.toMatch(/person42/i);
  });
});

describe('local data', () => {
  it('is listed, opened with personal columns masked, and dropped by an admin', async () => {
    for (const operation of ['listLocalRows', 'deleteLocalTable'] as const)
      expect((await web.call(operation, { params: { table: '_delivered' } })).status).toBe(404);
    const tables = (await web.call('listLocalTables')).json as Reply<'listLocalTables'>;
    expect(tables).toEqual([{ name: 'people', columns, key: ['Id'], rows: 0 }]);
    expect((await web.call('listLocalRows', { params: { table: 'people' } })).json).toMatchObject({
      total: 0,
      rows: [],
    });
    expect((await web.call('deleteLocalTable', { params: { table: 'people' } })).status).toBe(200);
    expect((await web.call('listLocalTables')).json).toEqual([]);
    expect((await web.call('deleteLocalTable', { params: { table: 'people' } })).status).toBe(404);
    expect((await trailOf('local-table.delete'))[0]).toMatchObject({ subject: 'local-table:people', old: { rows: 0 } });
  });
});
