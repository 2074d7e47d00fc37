import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { readConnectionSettings } from '../../server/connections/settings.ts';
import { allowAccess } from '../harness/allowAccess.ts';
import type { Web, WebCall, WebReply } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';

let web: Web;
let org: Salesforce;
/** The sessions of two editors. */
let rosa: string;
let other: string;

beforeAll(async () => {
  web = await startWeb();
  org = await startSalesforce({ contacts: 50, seed: 8, app: { rotateRefreshTokens: true } });
  [rosa, other] = [await web.cookieOf('editor'), await web.cookieOf('editor')];
  for (const name of ['crm', 'second']) {
    const settings = { flow: 'code', instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
    await web.call('createConnection', { body: { name, kind: 'salesforce', label: name, settings } });
  }
});
afterAll(async () => {
  await org.close();
  await web.close();
});

const as = (cookie: string, call: WebCall = {}): WebCall => ({
  ...call,
  as: null,
  headers: { cookie, origin: web.url, 'sec-fetch-site': 'same-origin' },
});

async function begin(cookie = rosa, connection = 'crm'): Promise<URL> {
  const { status, text, json } = await web.call('beginSignIn', as(cookie, { params: { connection } }));
  expect(status, text).toBe(200);
  return new URL((json as Reply<'beginSignIn'>).url);
}
const finish = (answer: string, more: { cookie?: string; connection?: string } = {}): Promise<WebReply> =>
  web.call('finishSignIn', as(more.cookie ?? rosa, { body: { answer, connection: more.connection } }));
const codeOf = (reply: WebReply): string => (reply.json as { code: string }).code;

describe('a person who signs in at the page of the CRM', () => {
  it('comes back with an answer, by which the connection is verified: who, where, and the time there', async () => {
    const page = await begin();
    expect(page.searchParams.get('redirect_uri')).toBe(`${web.url}/oauth/callback`);
    expect(page.searchParams.get('scope')).toBe('api openid refresh_token');
    expect(page.searchParams.get('code_challenge_method')).toBe('S256');
    const { status, json, text } = await finish((await allowAccess(page, org)).href);
    expect(status, text).toBe(200);
    const { name, verified, secretsSet } = json as Reply<'finishSignIn'>;
    expect(name).toBe('crm');
    expect(secretsSet).toContain('refreshToken');
    expect(verified).toMatchObject({ ok: true, message: expect.stringContaining(org.username) });
    expect(verified?.details.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Organisation', 'User', 'Server time']),
    );
  });

  it('may paste the code alone, as it stands in the address', async () => {
    const landed = await allowAccess(await begin(), org);
    const code = encodeURIComponent(landed.searchParams.get('code') ?? '');
    expect((await finish(code, { connection: 'crm' })).status).toBe(200);
    expect(codeOf(await finish('no code at all', { connection: 'crm' }))).toBe('INVALID_INPUT');
    expect(codeOf(await finish(web.url, { connection: 'crm' }))).toBe('INVALID_INPUT');
  });

  it('is told when access was denied, in the words of the page', async () => {
    const page = await begin();
    const denied = `${web.url}/oauth/callback?error=access_denied&error_description=end-user+denied+authorization&state=${page.searchParams.get('state')}`;
    const reply = await finish(denied);
    expect(codeOf(reply)).toBe('CONNECTION_REFUSED');
    expect(reply.text).toContain('end-user denied authorization');
    expect(codeOf(await finish(denied))).toBe('SIGN_IN_EXPIRED');
  });
});

describe('an answer', () => {
  it('is good once, for who began it, for its connection, and for ten minutes', async () => {
    const landed = (await allowAccess(await begin(), org)).href;
    expect(codeOf(await finish(landed, { cookie: other }))).toBe('SIGN_IN_EXPIRED');
    expect(codeOf(await finish(landed, { connection: 'second' }))).toBe('SIGN_IN_EXPIRED');
    expect((await finish(landed)).status).toBe(200);
    expect(codeOf(await finish(landed))).toBe('SIGN_IN_EXPIRED');
    expect(codeOf(await finish(landed.replace(/state=[^&]+/, 'state=forged')))).toBe('SIGN_IN_EXPIRED');
    const late = (await allowAccess(await begin(), org)).href;
    web.clock.step(10 * 60_000);
    expect(codeOf(await finish(late))).toBe('SIGN_IN_EXPIRED');
  });

  it('of a connection that needs nobody is not asked for', async () => {
    const settings = { instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
    await web.call('createConnection', { body: { name: 'plain', kind: 'salesforce', label: 'Plain', settings } });
    expect((await web.call('beginSignIn', as(rosa, { params: { connection: 'plain' } }))).status).toBe(400);
    expect((await web.call('makeCertificate', { params: { connection: 'plain' } })).status).toBe(400);
  });
});

describe('a rotated refresh token', () => {
  it('survives sessions that are renewed at once in several clients', async () => {
    await finish((await allowAccess(await begin(), org)).href);
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => web.call('verifyConnection', { params: { connection: 'crm' } })),
    );
    for (const { json } of replies) expect((json as Reply<'verifyConnection'>).verified).toMatchObject({ ok: true });
  });

  it('that is dead asks to sign in again, and saving the form does not lose a good one', async () => {
    org.org.grants.endAll();
    const verify = async () =>
      ((await web.call('verifyConnection', { params: { connection: 'crm' } })).json as Reply<'verifyConnection'>)
        .verified;
    expect(await verify()).toMatchObject({ ok: false, code: 'SIGN_IN_AGAIN' });
    await finish((await allowAccess(await begin(), org)).href);
    const settings = { flow: 'code', instanceUrl: org.url, clientId: org.clientId };
    const saved = await web.call('updateConnection', {
      params: { connection: 'crm' },
      body: { label: 'CRM', settings },
    });
    expect(saved.status).toBe(200);
    expect(await verify()).toMatchObject({ ok: true });
  });
});

it('a key made for JWT bearer stays here: only its certificate leaves', async () => {
  const settings = { flow: 'jwt', instanceUrl: org.url, clientId: org.clientId, username: org.username };
  const params = { connection: 'key' };
  await web.call('createConnection', { body: { name: 'key', kind: 'salesforce', label: 'Key', settings } });
  const { json } = await web.call('makeCertificate', { params });
  org.org.app.change({ publicKey: (json as Reply<'makeCertificate'>).certificate });
  expect((await web.call('verifyConnection', { params })).json).toMatchObject({ verified: { ok: true } });
});

it('calls are counted, by the organisation and by us, and a spent budget is said', async () => {
  const params = { connection: 'plain' };
  await web.call('verifyConnection', { params });
  const calls = async () => (await web.call('getCalls', { params })).json as Reply<'getCalls'>;
  const before = await calls();
  expect(before).toMatchObject({ budget: null, roomAt: null, told: { allowed: 1_000_000 } });
  expect(before.ours).toBeGreaterThan(0);
  expect(before.ours).toBeLessThan(10);
  const settings = { instanceUrl: org.url, clientId: org.clientId, callBudget: before.ours, whenSpent: 'stop' };
  await web.call('updateConnection', { params, body: { label: 'Plain', settings } });
  expect((await web.call('verifyConnection', { params })).json).toMatchObject({
    verified: { ok: false, code: 'API_BUDGET_SPENT' },
  });
  expect(await calls()).toMatchObject({ budget: before.ours, ours: before.ours, roomAt: expect.any(String) });
});

it('secrets of a connection that is refused stay here, in every flow and at the proxy', async () => {
  const secrets = {
    clientSecret: 'S3cret-of-the-client',
    password: 'S3cret-of-the-user',
    securityToken: 'S3cret-token',
    proxyPassword: 'S3cret-of-the-proxy',
    refreshToken: 'S3cret-refresh',
  };
  const common = { instanceUrl: org.url, clientId: org.clientId, username: org.username, ...secrets };
  const refused: Record<string, unknown>[] = [
    { flow: 'password' },
    { flow: 'clientCredentials' },
    { flow: 'code', refreshTokenOf: `${org.url} ${org.clientId}` },
    { flow: 'password', useProxy: true, proxyUrl: org.url, proxyUser: 'rosa' },
  ];
  for (const [index, settings] of refused.entries()) {
    const name = `refused_${index}`;
    const body = { name, kind: 'salesforce', label: name, settings: { ...common, ...settings } };
    expect((await web.call('createConnection', { body })).status).toBe(200);
    const { json } = await web.call('verifyConnection', { params: { connection: name } });
    expect(json, name).toMatchObject({ verified: { ok: false } });
  }
  const seen = `${web.logged()}${(await web.call('listConnections')).text}${(await web.call('listAudit')).text}`;
  expect(seen).toContain('refused_3');
  expect(seen).not.toContain('S3cret');
  expect(JSON.stringify(await web.instance.db('connections'))).not.toContain('S3cret');
});

it('who signed in, and who made a certificate, stands in the trail', async () => {
  const trail = (await web.call('listAudit')).json as Reply<'listAudit'>;
  const subjects = (action: string) => trail.filter((row) => row.action === action).map(({ subject }) => subject);
  expect(subjects('connection.signIn')).toContain('connection:crm');
  expect(subjects('connection.certificate')).toContain('connection:key');
});

it('no secret of any of it is answered or logged', async () => {
  const seen = `${web.logged()}${(await web.call('listConnections')).text}${(await web.call('listAudit')).text}`;
  const rows: { verifier: string }[] = await web.instance.db('sign_ins').select('verifier');
  const read = async (name: string) =>
    (await readConnectionSettings(web.instance.db, web.instance.connections.key, name)).settings;
  const [{ refreshToken }, { privateKey }] = [await read('crm'), await read('key')];
  const secrets = [org.clientSecret, String(refreshToken), String(privateKey).split('\n')[1] ?? ''];
  const stored = JSON.stringify(await web.instance.db('connections'));
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(20);
    expect(seen).not.toContain(secret);
    expect(stored).not.toContain(secret);
  }
  for (const text of ['PRIVATE KEY', 'aPrx', 'code_verifier']) expect(seen).not.toContain(text);
  for (const { verifier } of rows) expect(verifier).toMatch(/^v1\./);
});
