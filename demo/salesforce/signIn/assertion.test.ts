import { generateKeyPairSync, sign } from 'node:crypto';
import { Connection } from 'jsforce';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openOrg, type TestOrg, visitAuthorize } from '../testing.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
beforeEach(async () => {
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  await org.call('POST', '/__demo/app', { publicKey: pem, preauthorised: true, passwordFlow: true, revoke: true });
});
afterAll(() => org.close());

function assertion(change: Record<string, unknown> = {}, key = privateKey, header: unknown = { alg: 'RS256' }): string {
  const exp = org.org.clock.seconds() + 120;
  const claims = { iss: org.clientId, sub: org.username, aud: org.url, exp, ...change };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

async function ask(form: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: await response.json() };
}

const exchange = (text: string) => ask({ grant_type: JWT_GRANT, assertion: text });

test.each([
  ['seconds', {}],
  ['milliseconds, as the sf CLI writes it', { exp: Date.UTC(2026, 6, 1) }],
  ['text', { exp: String(Date.UTC(2030, 0, 1) / 1000) }],
  ['the audience of the login page', { aud: 'https://login.salesforce.com' }],
  ['an audience with a slash', { aud: 'https://login.salesforce.com/' }],
  ['a user name in capitals', { sub: 'INTEGRATION.USER0@DEMO-ORG.EXAMPLE' }],
])('a signed assertion is taken: %s', async (_what, change) => {
  const { status, body } = await exchange(assertion(change));
  expect([status, body]).toMatchObject([200, { token_type: 'Bearer', instance_url: org.url }]);
  expect(body).not.toHaveProperty('refresh_token');
});

test.each([
  ['expired', { exp: 1 }, 'invalid_grant', 'expired authorization code'],
  ['without an end', { exp: undefined }, 'invalid_grant', 'expired authorization code'],
  ['for a sandbox', { aud: 'https://test.salesforce.com' }, 'invalid_grant', 'audience is invalid'],
  ['of another app', { iss: 'other' }, 'invalid_client_id', 'client identifier invalid'],
  ['for nobody', { sub: 'nobody@demo-org.example' }, 'invalid_grant', "user hasn't approved this consumer"],
])('an assertion %s is refused', async (_what, change, error, description) => {
  expect(await exchange(assertion(change))).toEqual({ status: 400, body: { error, error_description: description } });
});

test('an assertion with a wrong signature, another algorithm or no form at all is refused', async () => {
  const unsigned = `${assertion().split('.').slice(0, 2).join('.')}.`;
  const bad = [
    assertion({}, stranger),
    assertion({}, privateKey, { alg: 'none' }),
    unsigned,
    'a.b.c',
    'bnVsbA.bnVsbA.x',
    '',
  ];
  for (const text of bad) {
    const { status, body } = await exchange(text);
    expect([status, body, text]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'invalid assertion' },
      text,
    ]);
  }
});

test('without a registered key there is no JWT bearer', async () => {
  await org.call('POST', '/__demo/app', { publicKey: null });
  expect(await exchange(assertion())).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
});

test('where users must approve the app themselves, an assertion works after they did', async () => {
  await org.call('POST', '/__demo/app', { preauthorised: false, requirePkce: false });
  expect(await exchange(assertion())).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const query = { response_type: 'code', client_id: org.clientId, redirect_uri: 'http://localhost/x' };
  await visitAuthorize(`${org.url}/services/oauth2/authorize?${new URLSearchParams(query)}`, org, 'allow');
  expect(await exchange(assertion())).toMatchObject({ status: 200 });
});

test('jsforce signs in by assertion', async () => {
  const connection = new Connection({
    loginUrl: org.url,
    instanceUrl: org.url,
    version: '60.0',
    oauth2: { loginUrl: org.url },
  });
  await connection.authorize({ grant_type: JWT_GRANT, assertion: assertion() });
  expect(await connection.identity()).toMatchObject({ username: org.username });
});

test('username and password work with the security token behind them, until that way is blocked', async () => {
  const form = {
    grant_type: 'password',
    client_id: org.clientId,
    client_secret: org.clientSecret,
    username: org.username,
    password: org.password + org.securityToken,
  };
  const failure = { status: 400, body: { error: 'invalid_grant', error_description: 'authentication failure' } };
  expect(await ask(form)).toMatchObject({ status: 200 });
  expect(await ask({ ...form, password: org.password })).toEqual(failure);
  expect(await ask({ ...form, username: 'nobody' })).toEqual(failure);
  await org.call('POST', '/__demo/app', { passwordFlow: false });
  expect(await ask(form)).toEqual(failure);
  await org.call('POST', '/__demo/app', { passwordFlow: true });
  const { clientId, clientSecret, url } = org;
  const connection = new Connection({ oauth2: { loginUrl: url, clientId, clientSecret }, version: '60.0' });
  await connection.login(org.username, org.password + org.securityToken);
  expect((await connection.query('SELECT COUNT() FROM Contact')).totalSize).toBe(10);
});

test('client credentials need a user that they run as', async () => {
  await org.call('POST', '/__demo/app', { clientCredentialsUser: false });
  const form = { grant_type: 'client_credentials', client_id: org.clientId, client_secret: org.clientSecret };
  expect(await ask(form)).toEqual({
    status: 400,
    body: { error: 'invalid_grant', error_description: 'no client credentials user enabled' },
  });
  await org.call('POST', '/__demo/app', { clientCredentialsUser: true });
});
