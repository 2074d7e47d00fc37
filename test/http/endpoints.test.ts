import type { IRouter } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint, EndpointName, Role } from '../../contract/api.ts';
import { api, mayAct, roles } from '../../contract/api.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import { createHandlers } from '../../server/http/handlers/index.ts';
import { createRouter } from '../../server/http/router.ts';
import type { Caller, Web, WebCall } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

const workflow = { formatVersion: 1, internalName: 'made_here', label: 'Made here', nodes: [], transitions: [] };
const long = 'a long enough one';

/** A request to each endpoint that is well formed; what it names need not exist. */
const calls: Record<EndpointName, WebCall> = {
  getSession: {},
  signIn: { body: { name: 'nobody', password: 'wrong' } },
  signInByLink: { body: { token: 'none' } },
  signOut: {},
  changePassword: { body: { old: 'wrong', new: long } },
  listUsers: {},
  createUser: { body: { name: 'someone', role: 'viewer', password: long } },
  updateUser: { params: { user: 'nobody' }, body: { role: 'viewer' } },
  deleteUser: { params: { user: 'nobody' } },
  listTokens: {},
  createToken: { body: { label: 'CI', role: 'viewer' } },
  deleteToken: { params: { token: 'none' } },
  listAudit: {},
  listWorkflows: {},
  createWorkflow: { body: { workflow } },
  getWorkflow: { params: { workflow: 'none' } },
  saveWorkflow: { params: { workflow: 'none' }, body: { workflow, revision: 1 } },
  deleteWorkflow: { params: { workflow: 'none' } },
  copyWorkflow: { params: { workflow: 'none' }, body: { internalName: 'copy', label: 'Copy' } },
  publishWorkflow: { params: { workflow: 'none' }, body: { revision: 1 } },
  unpublishWorkflow: { params: { workflow: 'none' } },
  listVersions: { params: { workflow: 'none' } },
  getVersion: { params: { workflow: 'none', version: '1' } },
  listSent: { params: { workflow: 'none', node: 'none' } },
  forgetSent: { params: { workflow: 'none', node: 'none' } },
  checkWorkflow: { body: { workflow } },
  getWorkflowSchema: {},
  previewSchedule: {
    body: {
      timing: { kind: 'cron', cron: '0 2 * * *' },
      validity: { from: null, to: null, runs: null },
      timeZone: 'UTC',
    },
  },
  startRun: { params: { workflow: 'none' }, body: { which: 'published' } },
  listRuns: {},
  getRun: { params: { run: 'none' } },
  stopRun: { params: { run: 'none' } },
  killRun: { params: { run: 'none' } },
  wakeRun: { params: { run: 'none' } },
  wakeNode: { params: { run: 'none', node: 'a' } },
  pauseRun: { params: { run: 'none' } },
  resumeRun: { params: { run: 'none' } },
  restartRun: { params: { run: 'none' } },
  retryRun: { params: { run: 'none' } },
  sendSignal: { params: { workflow: 'none', signal: 'go' }, body: {} },
  decideTask: { params: { run: 'none', task: 'none' }, body: { approved: true } },
  retrySignal: { params: { workflow: 'none', signal: 'none' } },
  listSignals: { params: { workflow: 'none' } },
  listWaitingEvents: { params: { workflow: 'none' } },
  retryEvents: { params: { workflow: 'none', hook: 'none' } },
  dismissEvents: { params: { workflow: 'none', hook: 'none' } },
  listEvents: { params: { run: 'none' } },
  streamEvents: { query: { run: 'none' } },
  listRows: { params: { run: 'none', task: 'none', port: 'success' } },
  downloadRows: { params: { run: 'none', task: 'none', port: 'success', format: 'csv' } },
  followRecord: { params: { run: 'none' }, query: { value: 'x' } },
  listExports: {},
  getExport: { params: { export: 'none' } },
  listExportRecords: { params: { export: 'none' } },
  downloadExportRecords: { params: { export: 'none' } },
  getExportCall: { params: { export: 'none', call: '1' } },
  undoExport: { params: { export: 'none' }, body: { rows: null } },
  requeueRejects: { params: { export: 'none' }, body: { rows: null } },
  dismissRejects: { params: { export: 'none' }, body: { rows: [1] } },
  resolveDoubt: { params: { export: 'none' }, body: { rows: [1], written: true } },
  listOptions: {},
  getOption: { params: { option: 'none' } },
  setOption: { params: { option: 'made_here' }, body: { value: 'x' } },
  moveOption: { params: { option: 'none' }, body: { to: 'made_there', keep: false } },
  deleteOption: { params: { option: 'none' } },
  listConnections: {},
  createConnection: { body: { name: 'made_here', kind: 'none', label: 'None', settings: {} } },
  updateConnection: { params: { connection: 'none' }, body: { label: 'None', settings: {} } },
  deleteConnection: { params: { connection: 'none' } },
  verifyConnection: { params: { connection: 'none' } },
  beginSignIn: { params: { connection: 'none' } },
  finishSignIn: { body: { answer: 'aPrx1234' } },
  makeCertificate: { params: { connection: 'none' } },
  getCalls: { params: { connection: 'none' } },
  listObjects: { params: { connection: 'none' } },
  describeObject: { params: { connection: 'none', object: 'Contact' } },
  listExtensions: { params: { connection: 'none' } },
  describeExtension: { params: { connection: 'none', extension: 'X' } },
  previewRead: {
    params: { connection: 'none' },
    body: { object: 'Contact', fields: [], filter: { kind: 'group', operator: 'and', items: [] } },
  },
  listAlarms: {},
  acknowledgeAlarm: { params: { alarm: '1' } },
  getAlarmRecipients: {},
  setAlarmRecipients: { body: { recipients: [] } },
  testAlarm: { body: { connection: 'none', to: [] } },
  confirmRestore: {},
  getStorage: {},
  purgeRun: { params: { run: 'none' } },
  listLocalTables: {},
  listLocalRows: { params: { table: 'none' } },
  deleteLocalTable: { params: { table: 'none' } },
  getOpenApi: {},
};

const callers: Caller[] = [
  null,
  ...roles.flatMap((role) => [
    { by: 'cookie' as const, role },
    { by: 'token' as const, role },
  ]),
];
const nameOf = (caller: Caller): string => (caller ? `${caller.role} by ${caller.by}` : 'nobody');

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());

const verdicts = { NOT_SIGNED_IN: 'sign in', ROLE_MISSING: 'refused', CROSS_SITE: 'refused' } as const;

/** What the role check said; whatever comes after it counts as allowed. */
async function ask(name: EndpointName, as: Caller): Promise<string> {
  const { status, json } = await web.call(name, { ...calls[name], as });
  const code = (json as ErrorReply | undefined)?.code;
  const verdict = verdicts[code as keyof typeof verdicts];
  if (verdict === 'sign in') expect(status).toBe(401);
  if (verdict === 'refused') expect(status).toBe(403);
  expect(status, `${name}: ${JSON.stringify(json)}`).toBeLessThan(500);
  return verdict ?? 'allowed';
}

function expected(needed: Role | 'public', caller: Caller): string {
  if (needed === 'public') return 'allowed';
  if (!caller) return 'sign in';
  return mayAct(caller.role, needed) ? 'allowed' : 'refused';
}

describe.each(callers.map((caller) => [nameOf(caller), caller] as const))('%s', (_name, caller) => {
  it.each(Object.entries(api) as [EndpointName, Endpoint][])(
    'may do at %s what its role says',
    async (name, endpoint) => {
      // Sign-ins are throttled by address: each of these tests is an address that has done nothing yet.
      await web.instance.db('sign_in_attempts').delete();
      expect(await ask(name, caller)).toBe(expected(endpoint.role, caller));
    },
  );
});

describe('starting a run', () => {
  it('of a draft takes an editor, though the published version takes an operator only', async () => {
    const draft = { params: { workflow: 'none' }, body: { which: 'draft' } };
    expect((await web.call('startRun', { ...draft, as: { by: 'token', role: 'operator' } })).json).toMatchObject({
      code: 'ROLE_MISSING',
      details: { role: 'editor' },
    });
    expect((await web.call('startRun', { ...draft, as: { by: 'token', role: 'editor' } })).status).toBe(404);
  });
});

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

describe('the routes under /api', () => {
  it('are those of the contract, each once, and no others', () => {
    const options = { access: web.instance, publicUrl: undefined, secure: false, checkReplies: true };
    const router: IRouter = createRouter({ ...options, handlers: createHandlers(web.instance) });
    const mounted = (router.stack as unknown as Layer[])
      .flatMap(({ route }) =>
        route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
      )
      .sort();
    expect(mounted).toEqual(
      Object.values(api)
        .map((endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`)
        .sort(),
    );
  });

  it.each(['/api', '/api/', '/api/nothing', '/api/users/', '/api/Users', '/api/session/link/more'])(
    'do not answer %s',
    async (path) => {
      const { status, json, headers } = await web.fetch(path, {
        headers: { authorization: `Bearer ${web.tokenOf('admin')}` },
      });
      expect(status).toBe(404);
      expect(json).toMatchObject({ code: 'NOT_FOUND' });
      expect(headers.get('content-type')).toMatch(/json/);
    },
  );

  it.each(['PATCH', 'PUT', 'DELETE'])('do not answer %s where the contract has none', async (method) => {
    expect((await web.fetch('/api/workflows', { method })).status).toBe(404);
  });

  it('have a page for people and a document for programs, open to all', async () => {
    const page = await web.fetch('/api/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await web.call('getOpenApi', { as: null })).json).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('a request that is not valid', () => {
  it.each<[string, EndpointName, WebCall, RegExp]>([
    ['a missing field', 'createToken', { body: { label: 'x' } }, /body\.role/],
    [
      'a wrong type',
      'saveWorkflow',
      { params: { workflow: 'w' }, body: { workflow, revision: 'x' } },
      /body\.revision/,
    ],
    ['a number out of range', 'listRuns', { query: { limit: '0' } }, /query\.limit/],
    ['an unknown state', 'listRuns', { query: { state: 'happy' } }, /query\.state/],
    ['a weak password', 'createUser', { body: { name: 'x', role: 'viewer', password: 'short' } }, /at least 12/],
    ['an odd name', 'createUser', { body: { name: 'a b', role: 'viewer', password: long } }, /letters, digits/],
    ['a missing query', 'followRecord', { params: { run: 'x' } }, /query\.value/],
  ])('names %s', async (_what, name, call, reason) => {
    const { status, json } = await web.call(name, call);
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(reason) });
  });

  it.each([
    ['text that is not JSON', '{"a":', /not JSON/],
    ['more than it may hold', `"${'x'.repeat(17_000)}"`, /too large/],
  ])('says that the body is %s', async (_what, body, reason) => {
    const headers = { 'content-type': 'application/json' };
    const { status, json } = await web.fetch('/api/session', { method: 'POST', body, headers });
    expect([status, json]).toEqual([
      400,
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringMatching(reason) }),
    ]);
  });

  it('may have an address that is not well formed', async () => {
    const { status, json } = await web.fetch('/api/workflows/%E0%A4%A', {
      headers: { authorization: `Bearer ${web.tokenOf('admin')}` },
    });
    expect([status, json]).toEqual([400, expect.objectContaining({ code: 'INVALID_INPUT' })]);
  });

  it('is not even read while nobody is known', async () => {
    const headers = { 'content-type': 'application/json' };
    const { json } = await web.fetch('/api/workflows', { method: 'POST', body: '{"a":', headers });
    expect(json).toMatchObject({ code: 'NOT_SIGNED_IN' });
  });
});

it('an unexpected failure says only its id, by which the log has the rest', async () => {
  const { db } = web.instance;
  await db.schema.renameTable('audit', 'audit_away');
  try {
    const { status, json, headers } = await web.call('listAudit');
    const id = headers.get('x-request-id');
    expect(status).toBe(500);
    expect(json).toMatchObject({ code: 'BUG', details: { id } });
    expect(JSON.stringify(json)).not.toMatch(/select|audit/i);
    const line = web
      .logged()
      .split('\n')
      .find((one) => one.includes(`"requestId":"${id}"`) && one.includes('"level":"error"'));
    expect(line).toContain('no such table');
  } finally {
    await db.schema.renameTable('audit_away', 'audit');
  }
});
