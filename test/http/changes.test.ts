import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndpointName, Reply } from '../../contract/api.ts';
import { api } from '../../contract/api.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Web, WebCall, WebReply } from '../harness/web.ts';
import { password, startWeb } from '../harness/web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'contacts',
  label: 'Contacts',
  nodes: [{ id: 'begin', type: 'start', name: 'begin', label: 'Begin', x: 0, y: 0, config: {} }],
  transitions: [],
};
const clientSecret = 'the-client-secret-of-nobody';
const settings = { instanceUrl: 'http://127.0.0.1:9', clientId: 'id', clientSecret };
const contacts = { workflow: 'contacts' };

const replies: string[] = [];
const ask = async (name: EndpointName, call: WebCall = {}): Promise<WebReply> => {
  const reply = await web.call(name, call);
  replies.push(reply.text, JSON.stringify([...reply.headers].filter(([header]) => header !== 'set-cookie')));
  return reply;
};

/** In the order in which a person would do them: each changes something and succeeds. */
const changes: [EndpointName, () => WebCall | Promise<WebCall>, string][] = [
  ['createUser', () => ({ body: { name: 'Ada', role: 'viewer', password } }), 'user:Ada'],
  ['updateUser', () => ({ params: { user: 'Ada' }, body: { role: 'editor', password } }), 'user:Ada'],
  ['signIn', () => ({ as: null, body: { name: 'Ada', password } }), 'user:Ada'],
  [
    'changePassword',
    () => ({ as: { by: 'cookie', role: 'viewer' }, body: { old: password, new: 'another long one' } }),
    'user:viewer',
  ],
  ['signOut', () => ({ as: { by: 'cookie', role: 'viewer' } }), 'user:viewer'],
  ['deleteUser', () => ({ params: { user: 'Ada' } }), 'user:Ada'],
  ['deleteToken', () => ({ params: { token: 'token-viewer' } }), 'token:token-viewer'],
  ['createWorkflow', () => ({ body: { workflow } }), 'workflow:contacts'],
  [
    'saveWorkflow',
    () => ({ params: contacts, body: { workflow: { ...workflow, label: 'People' }, revision: 1 } }),
    'workflow:contacts',
  ],
  ['copyWorkflow', () => ({ params: contacts, body: { internalName: 'copy', label: 'Copy' } }), 'workflow:copy'],
  ['publishWorkflow', () => ({ params: contacts, body: { revision: 2, note: 'first' } }), 'workflow:contacts'],
  ['startRun', () => ({ params: contacts, body: { which: 'published' } }), 'workflow:contacts'],
  ['wakeRun', async () => ({ params: { run: await lastRun() } }), 'run:'],
  ['pauseRun', async () => ({ params: { run: await lastRun() } }), 'run:'],
  ['resumeRun', async () => ({ params: { run: await lastRun() } }), 'run:'],
  ['restartRun', async () => ({ params: { run: await lastRun() } }), 'run:'],
  ['stopRun', async () => ({ params: { run: await lastRun() } }), 'run:'],
  ['forgetSent', () => ({ params: { ...contacts, node: 'begin' } }), 'workflow:contacts'],
  ['unpublishWorkflow', () => ({ params: contacts }), 'workflow:contacts'],
  ['deleteWorkflow', () => ({ params: { workflow: 'copy' } }), 'workflow:copy'],
  ['setOption', () => ({ params: { option: 'colour' }, body: { value: 'red' } }), 'option:colour'],
  ['moveOption', () => ({ params: { option: 'colour' }, body: { to: 'paint', keep: true } }), 'option:colour'],
  ['deleteOption', () => ({ params: { option: 'colour' } }), 'option:colour'],
  ['createConnection', () => ({ body: { name: 'crm', kind: 'salesforce', label: 'CRM', settings } }), 'connection:crm'],
  [
    'updateConnection',
    () => ({ params: { connection: 'crm' }, body: { label: 'CRM 2', settings: { ...settings, clientSecret: '' } } }),
    'connection:crm',
  ],
  ['verifyConnection', () => ({ params: { connection: 'crm' } }), 'connection:crm'],
  [
    'previewRead',
    () => ({
      params: { connection: 'crm' },
      body: { object: 'Contact', fields: [], filter: { kind: 'group', operator: 'and', items: [] } },
    }),
    'connection:crm',
  ],
  ['setAlarmRecipients', () => ({ body: { recipients: [{ connection: 'other', to: [] }] } }), 'instance'],
  ['testAlarm', () => ({ body: { connection: 'none', to: [] } }), 'connection:none'],
  ['deleteConnection', () => ({ params: { connection: 'crm' } }), 'connection:crm'],
];

async function lastRun(): Promise<string> {
  const runs = (await ask('listRuns')).json as Reply<'listRuns'>;
  return runs[0]?.id ?? '';
}

describe('each change', () => {
  it.each(changes)('%s leaves a row in the trail that says who, what and of what', async (name, call, subject) => {
    const newest = ((await ask('listAudit', { query: { limit: '1' } })).json as Reply<'listAudit'>)[0]?.id ?? 0;
    const { status, text } = await ask(name, await call());
    expect(status, text).toBe(200);
    const trail = (await ask('listAudit')).json as Reply<'listAudit'>;
    const added = trail.filter((entry) => entry.id > newest);
    expect(added).toHaveLength(1);
    expect(added[0]?.subject.startsWith(subject)).toBe(true);
    expect(added[0]?.by).toMatch(/^(token:admin \(.*\)|Ada|viewer)$/);
  });

  it('is made by one of the endpoints above, or by one of these', () => {
    const tested = changes.map(([name]) => name);
    const others = [
      'signInByLink',
      'createToken',
      'killRun',
      'wakeNode',
      'decideTask',
      'retryRun',
      'purgeRun',
      'acknowledgeAlarm',
      'confirmRestore',
      'sendSignal',
      'retrySignal',
      'retryEvents',
      'dismissEvents',
      'deleteLocalTable',
      'checkWorkflow',
      'previewSchedule',
      'beginSignIn',
      'finishSignIn',
      'makeCertificate',
      'undoExport',
      'requeueRejects',
      'dismissRejects',
      'resolveDoubt',
    ];
    const changing = Object.entries(api).filter(([, endpoint]) => endpoint.method !== 'GET');
    expect(changing.map(([name]) => name).sort()).toEqual([...tested, ...others].sort());
  });
});

it('no password, token, cookie or secret of a connection is in any reply, in the log, or in the clear in the database', async () => {
  const token = (await web.call('createToken', { body: { label: 'secret', role: 'viewer' } }))
    .json as Reply<'createToken'>;
  await ask('createConnection', { body: { name: 'crm', kind: 'salesforce', label: 'CRM', settings } });
  for (const name of ['listConnections', 'listUsers', 'listTokens', 'listAudit', 'getOpenApi'] as const)
    await ask(name);
  await ask('createConnection', {
    body: { name: 'crm2', kind: 'salesforce', label: 'CRM', settings: { ...settings, apiVersion: 'x' } },
  });
  const cookie = (await web.cookieOf('admin')).split('=')[1] ?? '';
  await web.fetch('/api/users', { headers: { cookie: `syncline_session=${cookie}` } });
  const { db } = web.instance;
  const tables: { name: string }[] = await db('sqlite_master').where({ type: 'table' }).select('name');
  const stored: string[] = [];
  for (const { name } of tables) stored.push(JSON.stringify(await db(name)));
  const secrets = [password, 'another long one', token.secret, web.tokenOf('admin'), cookie, clientSecret];
  for (const [place, text] of Object.entries({
    replies: replies.join('\n'),
    log: web.logged(),
    stored: stored.join('\n'),
  }))
    for (const secret of secrets) expect(text.includes(secret), `${secret.slice(0, 8)}… in ${place}`).toBe(false);
  expect(web.logged()).toContain('"endpoint":"createConnection"');
});

describe('saving', () => {
  it('over the work of someone else is refused with who and when', async () => {
    const save = (label: string) =>
      web.call('saveWorkflow', { params: contacts, body: { workflow: { ...workflow, label }, revision: 2 } });
    expect((await save('Mine')).status).toBe(200);
    const { status, json } = await save('Too late');
    expect([status, json]).toEqual([
      409,
      expect.objectContaining({
        code: 'CONFLICT',
        details: expect.objectContaining({
          by: expect.stringMatching(/^token:admin \(/),
          revision: 3,
          at: expect.stringMatching(/^\d{4}-/),
        }),
      }),
    ]);
  });
});

describe('publishing', () => {
  it('what cannot be run is refused with the problems at their nodes', async () => {
    const broken = { ...workflow, internalName: 'broken', nodes: [{ ...workflow.nodes[0], type: 'no-such-type' }] };
    await web.call('createWorkflow', { body: { workflow: broken } });
    const { status, json } = await web.call('publishWorkflow', {
      params: { workflow: 'broken' },
      body: { revision: 1 },
    });
    expect([status, json]).toEqual([
      400,
      expect.objectContaining({
        code: 'WORKFLOW_INVALID',
        issues: expect.arrayContaining([expect.objectContaining({ code: 'NODE_TYPE_UNKNOWN', nodeId: 'begin' })]),
      }),
    ]);
    const draft = await web.call('startRun', { params: { workflow: 'broken' }, body: { which: 'draft' } });
    expect(draft.json).toMatchObject({ code: 'WORKFLOW_INVALID' });
    const published = await web.call('startRun', { params: { workflow: 'broken' }, body: { which: 'published' } });
    expect([published.status, published.json]).toEqual([409, expect.objectContaining({ code: 'NOT_PUBLISHED' })]);
  });
});

describe('a run', () => {
  it('is created with its events, stopped, and not stopped again', async () => {
    const run = (await web.call('startRun', { params: contacts, body: { which: 'draft' } })).json as Reply<'startRun'>;
    expect(run).toMatchObject({
      workflow: 'contacts',
      version: null,
      origin: { kind: 'api', by: expect.stringMatching(/^token:admin \(/) },
    });
    const again = await web.call('startRun', { params: contacts, body: { which: 'draft' } });
    expect([again.status, again.json]).toEqual([409, expect.objectContaining({ code: 'ALREADY_RUNNING' })]);
    const events = (await web.call('listEvents', { params: { run: run.id } })).json as Reply<'listEvents'>;
    expect(events.map((event) => event.type)).toEqual(['run.created', 'task.created']);
    expect((await web.call('killRun', { params: { run: run.id } })).json).toMatchObject({ state: 'stopped' });
    const late = await web.call('stopRun', { params: { run: run.id } });
    expect([late.status, late.json]).toEqual([409, expect.objectContaining({ code: 'RUN_NOT_ACTIVE' })]);
    const trail = (await web.call('listAudit', { query: { subject: `run:${run.id}` } })).json as Reply<'listAudit'>;
    expect(trail.map((entry) => entry.action)).toEqual(['run.kill']);
  });

  it('is refused while the disk is full', async () => {
    const full = await startWeb({ diskFloorMB: 1_000_000_000 });
    try {
      await full.call('createWorkflow', { body: { workflow } });
      const { status, json } = await full.call('startRun', { params: contacts, body: { which: 'draft' } });
      expect([status, json]).toEqual([507, expect.objectContaining({ code: 'DISK_LOW' })]);
    } finally {
      await full.close();
    }
  });
});

describe('an option', () => {
  it('that holds an import date takes no other text, and moves only from the value one saw', async () => {
    const params = { option: 'LASTIMPORT_contacts_crm' };
    const set = (value: string, expected?: string | null) =>
      web.call('setOption', { params, body: { value, expected } });
    expect((await set('yesterday')).json).toMatchObject({ code: 'OPTION_MALFORMED' });
    expect((await set('2024/05/01 10:00:00', null)).json).toMatchObject({
      isCursor: true,
      updatedBy: 'token:admin (system:test)',
    });
    const late = await set('2024/05/03 10:00:00', '2024/04/01 10:00:00');
    expect([late.status, late.json]).toEqual([409, expect.objectContaining({ code: 'CONFLICT' })]);
    expect((await set('2024/04/01 10:00:00', '2024/05/01 10:00:00')).status).toBe(200);
    const { json } = await web.call('getOption', { params });
    expect((json as Reply<'getOption'>).history.map((one) => [one.old, one.new])).toEqual([
      ['2024/05/01 10:00:00', '2024/04/01 10:00:00'],
      [null, '2024/05/01 10:00:00'],
    ]);
  });
});
