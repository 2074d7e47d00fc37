import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorReply } from '../../contract/errors.ts';
import { createStartLink } from '../../server/access/links.ts';
import type { Web } from '../harness/web.ts';
import { password, startWeb } from '../harness/web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web.close());
beforeEach(() => web.instance.db('sign_in_attempts').delete());

const signIn = (secret = password, name = 'editor', headers: Record<string, string> = {}) =>
  web.call('signIn', { as: null, body: { name, password: secret }, headers });
const codeOf = (reply: { json: unknown }): string | undefined => (reply.json as ErrorReply | undefined)?.code;

describe('signing in', () => {
  it('sets a cookie that scripts cannot read and other sites cannot send', async () => {
    const { status, headers, json } = await signIn();
    expect(status).toBe(200);
    expect(json).toMatchObject({ user: { name: 'editor', role: 'editor' }, demo: false, timeZone: 'UTC' });
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^syncline_session=[\w-]{43}; Max-Age=259200; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
  });

  it('lasts until signing out', async () => {
    const cookie = (await signIn()).headers.get('set-cookie')?.split(';')[0] ?? '';
    const headers = { cookie, origin: web.url };
    expect((await web.fetch('/api/session', { headers })).json).toMatchObject({ user: { name: 'editor' } });
    const out = await web.fetch('/api/session', { method: 'DELETE', headers });
    expect(out.status).toBe(200);
    expect(out.headers.get('set-cookie')).toMatch(/^syncline_session=;.*Expires=Thu, 01 Jan 1970/);
    expect(codeOf(await web.fetch('/api/session', { headers }))).toBe('NOT_SIGNED_IN');
  });

  it('is refused without saying whether the user exists', async () => {
    const wrong = await signIn('wrong');
    const unknown = await signIn('wrong', 'nobody');
    expect(wrong.status).toBe(401);
    expect(unknown.json).toEqual(wrong.json);
  });

  it('is slowed down after failures, and says for how long', async () => {
    for (let tried = 0; tried < 8; tried += 1) expect(codeOf(await signIn('wrong'))).toBe('WRONG_PASSWORD');
    const { status, json, headers } = await signIn();
    expect([status, json]).toEqual([429, expect.objectContaining({ code: 'TOO_MANY_ATTEMPTS' })]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await signIn(password, 'admin')).status).toBe(200);
  });

  it('believes no forwarded address unless a proxy is configured', async () => {
    for (let tried = 0; tried < 30; tried += 1)
      await signIn('wrong', `user${tried}`, { 'x-forwarded-for': `10.0.0.${tried}` });
    expect(codeOf(await signIn('wrong', 'other', { 'x-forwarded-for': '10.1.1.1' }))).toBe('TOO_MANY_ATTEMPTS');
  });

  it('by a link works once', async () => {
    const token = await web.change((it) => createStartLink(it, true));
    const use = () => web.call('signInByLink', { as: null, body: { token } });
    const first = await use();
    expect([first.status, first.headers.get('set-cookie')]).toEqual([200, expect.stringContaining('HttpOnly')]);
    const second = await use();
    expect([second.status, codeOf(second)]).toEqual([401, 'LINK_USED']);
  });

  it('ends for a browser that is away too long, and not for one that is used', async () => {
    const cookie = await web.cookieOf('viewer');
    const look = () => web.fetch('/api/session', { headers: { cookie } });
    web.clock.step(71 * 3_600_000);
    expect((await look()).status).toBe(200);
    web.clock.step(71 * 3_600_000);
    expect((await look()).status).toBe(200);
    web.clock.step(73 * 3_600_000);
    expect((await look()).status).toBe(401);
  });

  it('may set a first password, and needs the old one for the next', async () => {
    await web.instance.db('users').where({ name: 'viewer' }).update({ password_hash: null });
    const as = { by: 'cookie', role: 'viewer' } as const;
    expect((await web.call('changePassword', { as, body: { new: 'my first password' } })).status).toBe(200);
    expect(codeOf(await web.call('changePassword', { as, body: { new: 'my next password' } }))).toBe('WRONG_PASSWORD');
    const body = { old: 'my first password', new: 'my next password' };
    expect((await web.call('changePassword', { as, body })).status).toBe(200);
    expect((await signIn('my next password', 'viewer')).status).toBe(200);
  });

  it('is for people: an API token has neither password nor session', async () => {
    const as = { by: 'token', role: 'admin' } as const;
    expect(codeOf(await web.call('signOut', { as }))).toBe('INVALID_INPUT');
    expect(codeOf(await web.call('changePassword', { as, body: { new: password } }))).toBe('INVALID_INPUT');
  });
});

describe('an API token', () => {
  it('is not replaced by a cookie when it is wrong', async () => {
    const cookie = await web.cookieOf('admin');
    const headers = { cookie, authorization: 'Bearer syncline_wrong' };
    expect(codeOf(await web.fetch('/api/users', { headers }))).toBe('NOT_SIGNED_IN');
  });

  it('is shown once, works, and is worth nothing when revoked', async () => {
    const made = (await web.call('createToken', { body: { label: 'CI', role: 'viewer' } })).json as {
      id: string;
      secret: string;
    };
    const look = () => web.fetch('/api/session', { headers: { authorization: `Bearer ${made.secret}` } });
    expect((await look()).json).toMatchObject({ user: { name: 'CI', role: 'viewer' } });
    expect((await web.call('listTokens')).text).not.toContain(made.secret);
    await web.call('deleteToken', { params: { token: made.id } });
    expect((await look()).status).toBe(401);
  });
});

describe('a request by cookie that changes something', () => {
  const body = { value: 'x' };
  const set = async (headers: Record<string, string>) =>
    web.fetch('/api/options/mine', {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', cookie: await web.cookieOf('editor'), ...headers },
    });

  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of another port', { origin: 'http://127.0.0.1:1' }],
    ['of nowhere', { origin: 'null' }],
    ['that a browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['that a browser calls same-site only', { 'sec-fetch-site': 'same-site' }],
    ['that does not say where it comes from', {}],
  ])('is refused %s', async (_what, headers) => {
    const { status, json } = await set(headers as Record<string, string>);
    expect([status, json]).toEqual([403, expect.objectContaining({ code: 'CROSS_SITE' })]);
  });

  it.each(['origin', 'sec-fetch-site'])('is accepted from our own page, known by %s', async (header) => {
    expect((await set({ [header]: header === 'origin' ? web.url : 'same-origin' })).status).toBe(200);
  });

  it('needs no origin to read, nor with a token', async () => {
    expect((await web.fetch('/api/options', { headers: { cookie: await web.cookieOf('viewer') } })).status).toBe(200);
    expect((await web.call('setOption', { params: { option: 'mine' }, body: { value: 'y' } })).status).toBe(200);
  });

  it('also covers signing in: another site cannot sign a browser in', async () => {
    expect(codeOf(await signIn(password, 'editor', { origin: 'https://evil.example' }))).toBe('CROSS_SITE');
  });
});

describe('behind https', () => {
  let secure: Web;
  beforeAll(async () => {
    secure = await startWeb({ publicUrl: 'https://syncline.example', proxies: 1 });
  });
  afterAll(() => secure.close());

  it('the cookie travels over https only, bound to the host', async () => {
    const body = { name: 'editor', password };
    const { headers } = await secure.call('signIn', {
      as: null,
      body,
      headers: { origin: 'https://syncline.example' },
    });
    expect(headers.get('set-cookie')).toMatch(/^__Host-syncline_session=.*; HttpOnly; Secure; SameSite=Strict$/);
    expect(headers.get('strict-transport-security')).toMatch(/max-age/);
  });

  it('the address of a client is what the proxy says', async () => {
    const body = (name: string) => ({ name, password: 'wrong' });
    for (let tried = 0; tried < 30; tried += 1)
      await secure.call('signIn', { as: null, body: body(`u${tried}`), headers: { 'x-forwarded-for': '10.0.0.1' } });
    const from = (address: string) =>
      secure.call('signIn', { as: null, body: body('someone'), headers: { 'x-forwarded-for': address } });
    expect(codeOf(await from('10.0.0.1'))).toBe('TOO_MANY_ATTEMPTS');
    expect(codeOf(await from('10.0.0.2'))).toBe('WRONG_PASSWORD');
  });
});
