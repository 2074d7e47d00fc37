import { Connection, OAuth2 } from 'jsforce';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Answer, openOrg, type TestOrg, visitAuthorize } from '../testing.ts';
import { challengeOf } from './grants.ts';

let org: TestOrg;
beforeAll(async () => {
  org = await openOrg({ contacts: 10 });
});
beforeEach(async () => {
  await org.call('POST', '/__demo/app', { redirectUris: ['loopback'], rotateRefreshTokens: false, revoke: true });
});
afterAll(() => org.close());

const BACK = 'http://localhost:7777/back?x=1';
const VERIFIER = 'v'.repeat(60);

function addressOf(change: Record<string, string | null> = {}): string {
  const query = {
    response_type: 'code',
    client_id: org.clientId,
    redirect_uri: BACK,
    state: 'st a/te',
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: 'S256',
    ...change,
  };
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null);
  return `${org.url}/services/oauth2/authorize?${new URLSearchParams(given)}`;
}

const allow = (address = addressOf()): Promise<URL> => visitAuthorize(address, org, 'allow');

function token(form: Record<string, string>): Promise<Answer> {
  const body = new URLSearchParams({ client_id: org.clientId, client_secret: org.clientSecret, ...form }).toString();
  return org.call('POST', '/services/oauth2/token', body, { 'content-type': 'application/x-www-form-urlencoded' });
}

function redeem(code: string, change: Record<string, string> = {}): Promise<Answer> {
  return token({ grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: VERIFIER, ...change });
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  scope: string;
}

async function newTokens(change: Record<string, string | null> = {}): Promise<Tokens> {
  const { status, body } = await redeem((await allow(addressOf(change))).searchParams.get('code')!);
  expect([status, body]).toEqual([200, body]);
  return body as Tokens;
}

const refresh = (refreshToken: string): Promise<Answer> =>
  token({ grant_type: 'refresh_token', refresh_token: refreshToken });

const statusWith = async (accessToken: string): Promise<number> =>
  (await org.call('GET', '/limits', undefined, { authorization: `Bearer ${accessToken}` })).status;

const refused = (error: string, description: string) => [400, { error, error_description: description }];

test('a person signs in, allows, and the client gets a code, its state, and tokens that work', async () => {
  const back = await allow();
  expect(back.href.startsWith('http://localhost:7777/back?x=1&code=')).toBe(true);
  expect(back.searchParams.get('state')).toBe('st a/te');
  const { body } = await redeem(back.searchParams.get('code')!);
  expect(body).toMatchObject({ scope: 'refresh_token openid api id', instance_url: org.url, token_type: 'Bearer' });
  const { access_token, refresh_token } = body as Tokens;
  expect(await statusWith(access_token)).toBe(200);
  const again = await refresh(refresh_token);
  expect(again.status).toBe(200);
  expect(again.body).not.toHaveProperty('refresh_token');
  expect(await statusWith((again.body as Tokens).access_token)).toBe(200);
});

test('a person who denies sends the client an error with its state', async () => {
  const back = await visitAuthorize(addressOf(), org, 'deny');
  expect(Object.fromEntries(back.searchParams)).toEqual({
    x: '1',
    error: 'access_denied',
    error_description: 'end-user denied authorization',
    state: 'st a/te',
  });
});

test('a wrong password is said on the page, and what was typed is shown as text', async () => {
  const person = { username: '"><b>x', password: 'no' };
  const page = await visitAuthorize(addressOf(), person, 'allow').catch((error: Error) => error.message);
  expect(page).toContain('Please check your username and password.');
  expect(page).not.toContain('<b>x');
});

test('a decision that another site sends is not taken', async () => {
  const body = new URLSearchParams({ step: 'decide', confirmation: 'guessed', decision: 'allow' });
  const response = await fetch(addressOf(), { method: 'POST', body, redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([200, null]);
  expect(await response.text()).toContain('Log in');
});

test.each([
  ['response_type', 'token', 'unsupported_response_type', 'response type must be code'],
  ['scope', 'api full', 'invalid_scope', 'the requested scope is not allowed'],
  ['code_challenge', null, 'invalid_request', 'missing required code challenge'],
  ['code_challenge', 'short', 'invalid_request', 'invalid code challenge'],
  ['code_challenge_method', 'plain', 'invalid_request', 'code challenge method must be S256'],
])('%s %s is sent back to the client as an error', async (name, value, error, description) => {
  const back = await allow(addressOf({ [name]: value }));
  expect(back.searchParams.get('error')).toBe(error);
  expect(back.searchParams.get('error_description')).toBe(description);
});

test.each([
  ['client_id', 'other', 'error=invalid_client_id&amp;error_description=client identifier invalid'],
  ['redirect_uri', 'https://elsewhere.example/back', 'error=redirect_uri_mismatch'],
  ['redirect_uri', 'http://localhost.example/back', 'error=redirect_uri_mismatch'],
])('with %s %s nobody is sent anywhere', async (name, value, text) => {
  const response = await fetch(addressOf({ [name]: value }), { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  expect(await response.text()).toContain(text);
});

test('with registered addresses only these are taken, to the letter', async () => {
  const registered = 'https://app.example/callback';
  await org.call('POST', '/__demo/app', { redirectUris: [registered] });
  expect((await fetch(addressOf(), { redirect: 'manual' })).status).toBe(400);
  expect((await fetch(addressOf({ redirect_uri: `${registered}/` }), { redirect: 'manual' })).status).toBe(400);
  expect((await allow(addressOf({ redirect_uri: registered }))).href).toMatch(
    /^https:\/\/app\.example\/callback\?code=/,
  );
});

test('a client that no browser can come back to sends people to a page that shows the code', async () => {
  const back = await allow(addressOf({ redirect_uri: `${org.url}/services/oauth2/success` }));
  expect(back.searchParams.get('code')).toMatch(/^aPrx/);
  expect(await (await fetch(back)).text()).toContain('copy it into the client');
});

test('a code is good once, for a quarter of an hour, with its verifier, address and secret', async () => {
  const code = async (): Promise<string> => (await allow(addressOf({ prompt: 'consent' }))).searchParams.get('code')!;
  const used = await code();
  expect((await redeem(used)).status).toBe(200);
  const answers = [await redeem(used), await redeem('nothing')];
  const old = await code();
  org.org.clock.advance(901);
  answers.push(await redeem(old));
  for (const { status, body } of answers)
    expect([status, body]).toEqual(refused('invalid_grant', 'expired authorization code'));
  await org.signIn();
  const wrong = await redeem(await code(), { code_verifier: 'x' });
  expect([wrong.status, wrong.body]).toEqual(refused('invalid_grant', 'invalid code verifier'));
  const elsewhere = await redeem(await code(), { redirect_uri: 'http://localhost:7777/' });
  expect([elsewhere.status, elsewhere.body]).toMatchObject([400, { error: 'redirect_uri_mismatch' }]);
  const secretless = await redeem(await code(), { client_secret: '' });
  expect([secretless.status, secretless.body]).toEqual(refused('invalid_client', 'invalid client credentials'));
});

test('an app that needs no secret still refuses a wrong one', async () => {
  await org.call('POST', '/__demo/app', { requireSecret: false });
  const { refresh_token } = await newTokens();
  const form = { grant_type: 'refresh_token', refresh_token };
  expect((await token({ ...form, client_secret: '' })).status).toBe(200);
  expect((await token({ ...form, client_secret: 'wrong' })).status).toBe(400);
  await org.call('POST', '/__demo/app', { requireSecret: true });
});

test('without the scope for it there is no refresh token', async () => {
  expect(Object.keys(await newTokens({ scope: 'api id' }))).not.toContain('refresh_token');
  expect(await newTokens({ scope: 'api offline_access' })).toMatchObject({ scope: 'refresh_token api' });
});

test('a session without the scope for the API knows the user and nothing else', async () => {
  const { access_token } = await newTokens({ scope: 'openid' });
  const headers = { authorization: `Bearer ${access_token}` };
  expect((await org.call('GET', '/services/oauth2/userinfo', undefined, headers)).status).toBe(200);
  const { status, body } = await org.call('GET', '/limits', undefined, headers);
  expect([status, body]).toEqual([
    401,
    [{ message: 'This session is not valid for use with the REST API', errorCode: 'INVALID_SESSION_ID' }],
  ]);
});

test('with rotation a refresh token is dead after its use, and of two refreshes at once one is refused', async () => {
  await org.call('POST', '/__demo/app', { rotateRefreshTokens: true });
  const { refresh_token: first } = await newTokens();
  const answers = await Promise.all([refresh(first), refresh(first)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  const winner = answers.find(({ status }) => status === 200)!.body as Tokens;
  const loser = answers.find(({ status }) => status === 400)!;
  expect(loser.body).toEqual({ error: 'invalid_grant', error_description: 'expired access/refresh token' });
  expect(winner.refresh_token).not.toBe(first);
  expect(await statusWith(winner.access_token)).toBe(200);
  expect((await refresh(winner.refresh_token)).status).toBe(200);
  expect((await refresh(winner.refresh_token)).status).toBe(400);
});

test('a sixth approval ends the oldest, with its sessions', async () => {
  const grants: Tokens[] = [];
  for (let i = 0; i < 6; i++) grants.push(await newTokens());
  expect(await Promise.all(grants.map(({ access_token }) => statusWith(access_token)))).toEqual([
    401, 200, 200, 200, 200, 200,
  ]);
  expect((await refresh(grants[0]!.refresh_token)).status).toBe(400);
  expect((await refresh(grants[1]!.refresh_token)).status).toBe(200);
});

test('who has allowed once is not asked again until the client asks for it', async () => {
  let cookie = '';
  const open = async (address: string, form?: Record<string, string>): Promise<Response> => {
    const body = form && new URLSearchParams(form);
    const response = await fetch(address, {
      method: form ? 'POST' : 'GET',
      body,
      headers: { cookie },
      redirect: 'manual',
    });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  await allow();
  await open(addressOf(), { step: 'sign-in', username: org.username, password: org.password });
  expect((await open(addressOf())).headers.get('location')).toContain('code=');
  expect(await (await open(addressOf({ prompt: 'consent' }))).text()).toContain('Allow access?');
  expect(await (await open(addressOf({ prompt: 'login' }))).text()).toContain('Log in');
});

test('revoking a refresh token ends its sessions; introspection tells what a token is good for', async () => {
  const { access_token, refresh_token } = await newTokens();
  const ask = async (path: string, asked: string): Promise<Answer> =>
    org.call(
      'POST',
      `/services/oauth2/${path}`,
      new URLSearchParams({ token: asked, client_id: org.clientId, client_secret: org.clientSecret }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    );
  const now = org.org.clock.seconds();
  expect((await ask('introspect', access_token)).body).toMatchObject({
    active: true,
    client_id: org.clientId,
    username: org.username,
    token_type: 'access_token',
    iat: now,
    exp: now + 7201,
  });
  expect((await ask('introspect', refresh_token)).body).toMatchObject({ active: true, token_type: 'refresh_token' });
  expect((await ask('revoke', refresh_token)).status).toBe(200);
  expect((await ask('introspect', access_token)).body).toEqual({ active: false });
  expect(await statusWith(access_token)).toBe(401);
  expect((await ask('revoke', refresh_token)).status).toBe(400);
});

test('jsforce signs in with a verifier and no method, and refreshes when its session ends', async () => {
  await org.call('POST', '/__demo/app', { rotateRefreshTokens: true });
  const oauth2 = new OAuth2({
    loginUrl: org.url,
    clientId: org.clientId,
    clientSecret: org.clientSecret,
    redirectUri: BACK,
    useVerifier: true,
  });
  const address = oauth2.getAuthorizationUrl({ scope: 'api id refresh_token', state: 's' });
  expect(address).not.toContain('code_challenge_method');
  const connection = new Connection({ oauth2, version: '60.0' });
  const user = await connection.authorize((await allow(address)).searchParams.get('code')!);
  expect(user).toMatchObject({ id: org.org.userId, organizationId: org.org.id });
  const refreshes: string[] = [];
  connection.on('refresh', (accessToken: string) => refreshes.push(accessToken));
  org.org.sessions.expireAll();
  expect((await connection.query('SELECT COUNT() FROM Contact')).totalSize).toBe(10);
  expect(refreshes).toHaveLength(1);
  await org.signIn();
});

test('an address for a browser opens the organisation once it is asked with a session', async () => {
  const { status, body } = await org.call('GET', '/services/oauth2/singleaccess');
  expect(status).toBe(200);
  const { frontdoor_uri: address } = body as { frontdoor_uri: string };
  expect(await (await fetch(address)).text()).toContain('You are in.');
  expect((await fetch(`${org.url}/secur/frontdoor.jsp?otp=guess`)).status).toBe(403);
  expect((await org.call('GET', '/services/oauth2/singleaccess', undefined, { authorization: '' })).status).toBe(401);
});

test.each([
  [{ requirePkce: 'yes' }, 'requirePkce must be true or false'],
  [{ redirectUris: 'x' }, 'redirectUris must be a list of texts'],
  [{ publicKey: 'x' }, 'publicKey must be a certificate or a public key in PEM form'],
  [{ colour: 1 }, '"colour" is not one of redirectUris, publicKey,'],
])('an app with %j is refused', async (change, message) => {
  const { status, body } = await org.call('POST', '/__demo/app', change);
  expect([status, (body as { error: string }).error]).toEqual([400, expect.stringContaining(message)]);
});
