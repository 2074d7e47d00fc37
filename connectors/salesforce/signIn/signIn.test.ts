import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorHost, CrmClient } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Salesforce } from '../../../demo/salesforce/index.ts';
import { startSalesforce } from '../../../demo/salesforce/index.ts';
import { allowAccess } from '../../../test/harness/allowAccess.ts';
import { open } from '../client.ts';
import type { SalesforceSettings } from '../definition.ts';
import { definition } from '../definition.ts';
import { certificateOf } from './certificate.ts';
import { audienceOf, completeSettings, loginUrlOf } from './settings.ts';

let org: Salesforce;
let said: string[];
/** What is stored with the connection, as the server keeps it. */
let stored: SalesforceSettings;

beforeAll(async () => {
  org = await startSalesforce({ contacts: 20, seed: 5 });
});
afterAll(() => org.close());
beforeEach(() => {
  said = [];
  stored = { ...definition.defaults, instanceUrl: org.url, clientId: org.clientId, clientSecret: org.clientSecret };
});

function client(given: Partial<SalesforceSettings>, more: Partial<ConnectorHost<SalesforceSettings>> = {}) {
  stored = { ...stored, ...given };
  return open({
    settings: stored,
    connectionName: 'demo',
    clock: { now: () => new Date() },
    log: (_level, message, details) => said.push(`${message} ${JSON.stringify(details)}`),
    signal: new AbortController().signal,
    store: async (settings) => {
      stored = { ...stored, ...settings };
    },
    alone: (work) => work(stored),
    ...more,
  });
}

const identity = async (opened: Promise<CrmClient>): Promise<string> => (await (await opened).verify()).identity;

async function refusal(action: Promise<unknown>): Promise<UserError> {
  const error = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`It ended with ${String(error)}.`, { cause: error });
  for (const secret of [org.clientSecret, org.password, stored.refreshToken, stored.proxyPassword])
    if (secret !== '') expect(`${JSON.stringify(error)} ${error.message} ${error.cause}`).not.toContain(secret);
  return error;
}

describe('JWT bearer', () => {
  test('a key made here signs in once its certificate is uploaded, and the key is kept', async () => {
    const jwt = { flow: 'jwt', username: org.username, clientSecret: '' } as const;
    const certificate = await (await client(jwt)).proof?.certificate();
    expect(stored.privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    org.org.app.change({ publicKey: certificate ?? '' });
    expect(await identity(client({}))).toBe(org.username);
    const read = new X509Certificate(certificate ?? '');
    expect(read.checkPrivateKey(createPrivateKey(stored.privateKey))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.subject).toBe('CN=Syncline demo');
  });

  test('a key that a form brought without its line ends works; one that is none is named without showing it', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    org.org.app.change({ publicKey: certificateOf(privateKey, 'own', new Date()) });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const settings = { flow: 'jwt', username: org.username, privateKey: pem.replaceAll('\n', '') } as const;
    expect(definition.settings.safeParse({ ...stored, ...settings }).success).toBe(true);
    expect(await identity(client(settings))).toBe(org.username);
    const damaged = pem.replaceAll('\n', '').replace('MII', 'XXX');
    const error = await refusal(identity(client({ privateKey: damaged })));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'Private key' } });
    expect(error.message).not.toContain('XXX');
  });

  test('a user who is not known, and another key, are refused in the words of the organisation', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const other = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const error = await refusal(identity(client({ flow: 'jwt', username: 'nobody@example.com', privateKey: other })));
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(error.message).toContain('invalid_grant');
  });
});

describe('username and password', () => {
  test('the security token follows the password; without it Salesforce refuses', async () => {
    const { username, password, securityToken } = org;
    expect(await identity(client({ flow: 'password', username, password, securityToken }))).toBe(username);
    const error = await refusal(identity(client({ flow: 'password', username, password, securityToken: '' })));
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(error.message).toContain('authentication failure');
  });
});

async function signInPerson(given: Partial<SalesforceSettings> = {}): Promise<void> {
  const { personal } = await client({ flow: 'code', ...given });
  if (!personal) throw new Error('The flow has no page.');
  const begun = personal.begin({ callbackUrl: 'http://localhost:9/connections/callback', state: 'abc' });
  expect(begun.url).not.toContain(begun.verifier);
  const landed = await allowAccess(new URL(begun.url), org);
  expect(landed.href.startsWith(begun.redirectUri)).toBe(true);
  expect(landed.searchParams.get('state')).toBe('abc');
  await personal.finish({ ...begun, code: landed.searchParams.get('code') ?? '' });
}

describe('authorization code', () => {
  beforeEach(() => org.org.app.change({ rotateRefreshTokens: false }));

  test('a person allows once; from then on sessions come from the refresh token', async () => {
    expect(await refusal(identity(client({ flow: 'code' })))).toMatchObject({ code: 'SIGN_IN_AGAIN' });
    await signInPerson();
    expect(stored.refreshToken).not.toBe('');
    expect(await identity(client({}))).toBe(org.username);
    org.org.sessions.expireAll();
    expect(await identity(client({}))).toBe(org.username);
  });

  test('the page of Salesforce itself serves where the browser cannot come back', async () => {
    await signInPerson({ way: 'paste' });
    expect(await identity(client({}))).toBe(org.username);
  });

  test('a code is good once, and only with the verifier that stayed here', async () => {
    const { personal } = await client({ flow: 'code' });
    const begun = personal!.begin({ callbackUrl: 'http://localhost:9/x', state: 's' });
    const code = (await allowAccess(new URL(begun.url), org)).searchParams.get('code') ?? '';
    const error = await refusal(personal!.finish({ ...begun, code, verifier: 'x'.repeat(64) }));
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(error.message).toContain('invalid code verifier');
    expect(error.message).not.toContain(code);
    await refusal(personal!.finish({ ...begun, code }));
    expect(stored.refreshToken).toBe('');
  });

  test('a rotated token is stored before the session is used, and the next session comes from it', async () => {
    org.org.app.change({ rotateRefreshTokens: true });
    await signInPerson();
    const tokens = new Set([stored.refreshToken]);
    for (let round = 0; round < 3; round += 1) {
      expect(await identity(client({}))).toBe(org.username);
      tokens.add(stored.refreshToken);
    }
    expect(tokens.size).toBe(4);
  });

  test('a process that comes second finds the newer token and takes it; a dead one asks to sign in again', async () => {
    org.org.app.change({ rotateRefreshTokens: true });
    await signInPerson();
    const old = stored;
    await identity(client({}));
    let asked = 0;
    const slept: ConnectorHost<SalesforceSettings>['alone'] = (work) => work(asked++ === 0 ? old : stored);
    expect(await identity(client({}, { alone: slept }))).toBe(org.username);
    expect(asked).toBe(2);
    org.org.grants.endAll();
    const error = await refusal(identity(client({})));
    expect(error).toMatchObject({ code: 'SIGN_IN_AGAIN' });
    expect(error.message).toContain('expired access/refresh token');
  });

  test('a refresh token is not sent to another address or for another app', async () => {
    await signInPerson();
    const error = await refusal(identity(client({ clientId: 'another' })));
    expect(error).toMatchObject({ code: 'SIGN_IN_AGAIN' });
    expect(error.message).toContain('changed since');
  });
});

test('nothing that is logged holds a secret', async () => {
  org.org.app.change({ rotateRefreshTokens: true });
  await signInPerson();
  await identity(client({}));
  const log = said.join('\n');
  for (const secret of [org.clientSecret, stored.refreshToken]) expect(log).not.toContain(secret);
});

test('each login domain has its address, and assertions are for the login page of its kind', () => {
  const at = (given: Partial<SalesforceSettings>): string => loginUrlOf(completeSettings(given));
  expect(at({ flow: 'jwt', login: 'production' })).toBe('https://login.salesforce.com');
  expect(at({ flow: 'code', login: 'sandbox' })).toBe('https://test.salesforce.com');
  expect(at({ flow: 'clientCredentials', login: 'sandbox', instanceUrl: 'https://a.my.salesforce.com/' })).toBe(
    'https://a.my.salesforce.com',
  );
  const audiences = {
    'https://a.my.salesforce.com': 'https://login.salesforce.com',
    'https://a--dev.sandbox.my.salesforce.com': 'https://test.salesforce.com',
    'https://a--dev.my.salesforce.com': 'https://test.salesforce.com',
    'https://login.example.com': 'https://login.example.com',
  };
  for (const [login, audience] of Object.entries(audiences)) expect(audienceOf(login)).toBe(audience);
});

test('each flow asks for what it needs only, and connections of before stay valid', () => {
  const problems = (given: Record<string, unknown>): string[] => {
    const parsed = definition.settings.safeParse({ ...definition.defaults, clientId: 'key', ...given });
    return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.')).sort();
  };
  const instanceUrl = 'https://a.my.salesforce.com';
  expect(problems({ instanceUrl, clientSecret: 's', apiVersion: '60.0' })).toEqual([]);
  expect(problems({})).toEqual(['clientSecret', 'instanceUrl']);
  expect(problems({ flow: 'jwt', login: 'production' })).toEqual(['username']);
  expect(problems({ flow: 'code', login: 'sandbox' })).toEqual([]);
  expect(problems({ flow: 'code' })).toEqual(['instanceUrl']);
  expect(problems({ flow: 'password', login: 'production' })).toEqual(['clientSecret', 'password', 'username']);
  expect(problems({ flow: 'code', login: 'production', useProxy: true, proxyUrl: 'proxy:3128' })).toEqual(['proxyUrl']);
  expect(problems({ flow: 'jwt', login: 'production', username: 'u', privateKey: 'hello' })).toEqual(['privateKey']);
});

test('a page that says back what it was sent gives away no secret', async () => {
  const echo = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: 'invalid_request', error_description: `${body} ${decodeURIComponent(body)}` }),
      );
    });
  });
  await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
  try {
    const instanceUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const { username, password, securityToken } = org;
    const error = await refusal(identity(client({ flow: 'password', instanceUrl, username, password, securityToken })));
    expect(error.message).toContain('client_secret=…');
    expect(error.message).not.toContain(securityToken);
  } finally {
    await new Promise((done) => echo.close(done));
  }
});
