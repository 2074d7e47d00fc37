import { constants, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeOf, openOrg, TEST_CLOCK, type TestOrg } from '../testing.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let org: TestOrg;
beforeEach(async () => {
  org = await openOrg({ contacts: 5, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
});
afterEach(() => org.close());

const now = Date.parse(TEST_CLOCK) / 1000;

async function ask(form: Record<string, string>, path = `${org.tenant}/oauth2/v2.0/token`) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: org.clientId,
    scope: `${org.url}/.default`,
    ...form,
  });
  const response = await fetch(`${org.url}/${path}`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const secret = () => ({ client_secret: org.clientSecret });

function assertion(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Record<string, string> {
  const aud = `${org.url}/${org.tenant}/oauth2/v2.0/token`;
  const whole = { aud, iss: org.clientId, sub: org.clientId, jti: randomUUID(), nbf: now, exp: now + 600, ...claims };
  const text = [{ alg: 'PS256', typ: 'JWT', 'x5t#S256': 'x', ...header }, whole]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature = sign('RSA-SHA256', Buffer.from(text), {
    key: privateKey,
    ...(header.alg === 'RS256' ? {} : padding),
  });
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${text}.${signature.toString('base64url')}`,
  };
}

test('a secret gives a token that is good for an hour', async () => {
  const { status, body } = await ask(secret());
  expect([status, body]).toEqual([
    200,
    { token_type: 'Bearer', access_token: expect.any(String), expires_in: 3599, ext_expires_in: 3599 },
  ]);
  org.token = String(body.access_token);
  expect((await org.call('GET', 'WhoAmI')).status).toBe(200);
  await org.control('clock', { advanceSeconds: 3600 });
  const ended = await org.call('GET', 'WhoAmI');
  expect([ended.status, ended.text]).toEqual([401, '']);
  expect(ended.headers.get('www-authenticate')).toContain(
    `authorization_uri=${org.url}/${org.tenant}/oauth2/authorize`,
  );
});

test('the older endpoint takes a resource, and writes numbers as texts', async () => {
  const { body } = await ask({ ...secret(), resource: `${org.url}/` }, `${org.tenant}/oauth2/token`);
  expect(body).toMatchObject({ expires_in: '3599', expires_on: String(now + 3599) });
});

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['no secret', {}, 401, 'invalid_client', 7000218],
  ['another app', { client_id: randomUUID(), client_secret: 'x' }, 400, 'unauthorized_client', 700016],
  ['another grant', { grant_type: 'password', client_secret: 'x' }, 400, 'unsupported_grant_type', 70003],
])('%s gives none', async (_what, form, status, error, code) => {
  const answer = await ask(form);
  expect([answer.status, answer.body]).toEqual([
    status,
    expect.objectContaining({
      error,
      error_codes: [code],
      error_description: expect.stringContaining(`AADSTS${code}`),
    }),
  ]);
});

test('scope, resource and tenant must be right', async () => {
  expect((await ask({ ...secret(), scope: org.url })).body.error).toBe('invalid_scope');
  expect((await ask({ ...secret(), scope: 'https://other.example/.default' })).body.error_codes).toEqual([500011]);
  expect((await ask(secret(), 'nobody/oauth2/v2.0/token')).body.error_codes).toEqual([90002]);
});

test('a secret that has run out is said, and an app without a user in the organisation', async () => {
  await org.control('app', { secretExpired: true });
  expect((await ask(secret())).body.error_codes).toEqual([7000222]);
  await org.control('app', { secretExpired: false, hasUser: false });
  const refused = await org.call('GET', 'WhoAmI');
  expect([refused.status, codeOf(refused)]).toEqual([403, '0x80072560']);
});

test('a certificate proves the app, by either signature', async () => {
  expect((await ask(assertion())).status).toBe(200);
  expect((await ask(assertion({}, { alg: 'RS256' }))).status).toBe(200);
});

test.each([
  ['another audience', { aud: 'https://other.example' }, {}, 700023],
  ['another app', { iss: 'other' }, {}, 700021],
  ['an old one', { exp: now - 1 }, {}, 700024],
  ['one without a mark', { jti: undefined }, {}, 50027],
  ['one that names no certificate', {}, { 'x5t#S256': undefined }, 700023],
  ['another signature than it says', {}, { alg: 'none' }, 700027],
])('an assertion for %s is refused', async (_what, claims, header, code) => {
  const { status, body } = await ask(assertion(claims, header));
  expect([status, body.error, body.error_codes]).toEqual([401, 'invalid_client', [code]]);
});

test('an assertion is good once', async () => {
  const one = assertion();
  expect([(await ask(one)).status, (await ask(one)).status]).toEqual([200, 401]);
});
