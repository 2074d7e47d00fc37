import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOrg, type TestOrg } from '../testing.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
afterAll(() => org.close());

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return org.call('POST', `/services/oauth2/${path}`, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
}

test('client credentials in the form give a token in the shape clients check', async () => {
  const form = { grant_type: 'client_credentials', client_id: org.clientId, client_secret: org.clientSecret };
  const { status, body } = await post('token', form);
  const grant = body as Record<string, string>;
  expect(status).toBe(200);
  expect(grant.access_token).toMatch(/^00D\w{12,15}![.\w]+$/);
  expect(grant).toMatchObject({ token_type: 'Bearer', instance_url: org.url });
  expect(grant.id).toMatch(/\/id\/00D\w{15}\/005\w{15}$/);
  expect(grant.issued_at).toBe(String(org.org.clock.now()));
  expect(Object.keys(grant)).not.toContain('expires_in');
  expect(Object.keys(grant)).not.toContain('refresh_token');
});

test('client credentials in the Authorization header are as good', async () => {
  const basic = Buffer.from(`${org.clientId}:${org.clientSecret}`).toString('base64');
  const { status } = await post('token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` });
  expect(status).toBe(200);
});

test('a form sent in chunks, without its length, is read', async () => {
  const form = { grant_type: 'client_credentials', client_id: org.clientId, client_secret: org.clientSecret };
  const response = await fetch(`${org.url}/services/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new Blob([new URLSearchParams(form).toString()]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(200);
  await response.text();
});

test.each([
  [{ grant_type: 'device' }, 'unsupported_grant_type', 'grant type not supported'],
  [{}, 'unsupported_grant_type', 'grant type not supported'],
  [
    { grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' },
    'invalid_client_id',
    'client identifier invalid',
  ],
  [
    { grant_type: 'client_credentials', client_id: 'right', client_secret: 'y' },
    'invalid_client',
    'invalid client credentials',
  ],
])('%j is refused', async (form, error, description) => {
  const given = 'client_id' in form && form.client_id === 'right' ? { ...form, client_id: org.clientId } : form;
  const { status, body } = await post('token', given as Record<string, string>);
  expect(status).toBe(400);
  expect(body).toEqual({ error, error_description: description });
});

test('userinfo and identity describe the user of the session', async () => {
  const info = (await org.call('GET', '/services/oauth2/userinfo')).body as Record<string, unknown>;
  expect(info).toMatchObject({
    user_id: org.org.userId,
    organization_id: org.org.id,
    preferred_username: 'integration.user0@demo-org.example',
    zoneinfo: 'Europe/Paris',
  });
  const identity = await org.call(
    'GET',
    `/id/${org.org.id}/${org.org.userId}?format=json&oauth_token=${org.token}`,
    undefined,
    {
      authorization: '',
    },
  );
  expect(identity.body).toMatchObject({ user_id: org.org.userId, username: info.preferred_username });
});

test('a call without a session, or with one that was revoked, is answered 401', async () => {
  const expired = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
  const without = await org.call('GET', '/sobjects', undefined, { authorization: '' });
  expect([without.status, without.body]).toEqual([401, expired]);
  const token = await org.signIn();
  expect((await post('revoke', { token })).status).toBe(200);
  const revoked = await org.call('GET', '/sobjects');
  expect([revoked.status, revoked.body]).toEqual([401, expired]);
  await org.signIn();
});

test('a session ends after two hours without a call, and lives on while it is used', async () => {
  for (let i = 0; i < 3; i++) {
    org.org.clock.advance(7000);
    expect((await org.call('GET', '/limits')).status).toBe(200);
  }
  org.org.clock.advance(7201);
  expect((await org.call('GET', '/limits')).status).toBe(401);
  await org.signIn();
});

test('the list of versions needs no session', async () => {
  const { body } = await org.call('GET', '/services/data', undefined, { authorization: '' });
  const versions = body as { label: string; url: string; version: string }[];
  expect(versions.at(-1)).toEqual({ label: "Spring '26", url: '/services/data/v66.0', version: '66.0' });
  expect(versions.find(({ version }) => version === '60.0')!.label).toBe("Spring '24");
  expect(versions.every(({ version }) => /^[1-9]\d\.0$/.test(version))).toBe(true);
});
