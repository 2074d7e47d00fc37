import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CrmClient } from '../../../contract/connector.ts';
import type { RetryLater, UserError } from '../../../contract/errors.ts';
import type { Salesforce } from '../../../demo/salesforce/index.ts';
import { startSalesforce } from '../../../demo/salesforce/index.ts';
import { open } from '../client.ts';
import type { SalesforceSettings } from '../definition.ts';
import { definition } from '../definition.ts';

let org: Salesforce;
let proxy: Awaited<ReturnType<typeof startProxy>> | null = null;

beforeAll(async () => {
  org = await startSalesforce({ contacts: 20, seed: 6 });
});
afterEach(async () => {
  await proxy?.close();
  proxy = null;
});
afterAll(() => org.close());

/** A proxy that tunnels, as the proxies of companies do: to any address, for those with the right user and password. */
async function startProxy(credentials: string | null = null) {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const expected = credentials === null ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, socket) => {
    if (request.headers['proxy-authorization'] !== expected) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n');
      return;
    }
    tunnels.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('error', () => target.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = (): Promise<void> =>
    new Promise((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, close };
}

function client(given: Partial<SalesforceSettings>): Promise<CrmClient> {
  const { url: instanceUrl, clientId, clientSecret } = org;
  return open({
    settings: { ...definition.defaults, instanceUrl, clientId, clientSecret, useProxy: true, ...given },
    connectionName: 'demo',
    clock: { now: () => new Date() },
    log: () => undefined,
    signal: new AbortController().signal,
  });
}

const failure = async (opened: Promise<CrmClient>): Promise<UserError | RetryLater> => {
  const verified = (await opened).verify();
  return verified.then(
    ({ identity }) => Promise.reject(new Error(`It let ${identity} in.`)),
    (error: UserError | RetryLater) => error,
  );
};

test('signing in and every request go through the proxy, with user and password where it asks for them', async () => {
  for (const credentials of [null, 'rosa:p@ss:word']) {
    proxy = await startProxy(credentials);
    const [proxyUser = '', ...rest] = credentials?.split(':') ?? [];
    const through = await client({ proxyUrl: proxy.url, proxyUser, proxyPassword: rest.join(':') });
    expect((await through.verify()).identity).toBe(org.username);
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(org.url).host]));
    await proxy.close();
    expect(await failure(client({ proxyUrl: proxy.url, proxyUser, proxyPassword: rest.join(':') }))).toMatchObject({
      code: 'PROXY_FAILED',
    });
  }
});

test('a proxy that wants another password is named, and neither password nor secret stands in the error', async () => {
  proxy = await startProxy('rosa:right');
  const error = await failure(client({ proxyUrl: proxy.url, proxyUser: 'rosa', proxyPassword: 'wrong-one' }));
  expect(error).toMatchObject({ code: 'PROXY_REFUSED', details: { proxy: new URL(proxy.url).host } });
  expect(error.message).toContain('407');
  const whole = `${JSON.stringify(error)} ${error.stack} ${(error.cause as Error).stack}`;
  expect(whole).not.toContain('wrong-one');
  expect(whole).not.toContain(Buffer.from('rosa:wrong-one').toString('base64'));
});

test('what lies behind the proxy and cannot be reached is said in its name; nothing goes around it', async () => {
  proxy = await startProxy();
  const gone = await startSalesforce({ contacts: 1, seed: 7 });
  await gone.close();
  const error = await failure(client({ proxyUrl: proxy.url, instanceUrl: gone.url }));
  expect(error).toMatchObject({ code: 'PROXY_FAILED' });
  expect(error.message).toContain(`did not reach ${new URL(gone.url).host} (502)`);
});

test('what is written goes through the proxy too, files of jobs included', async () => {
  proxy = await startProxy();
  const { writer } = await client({ proxyUrl: proxy.url });
  const record = { id: null, values: { LastName: 'Proxied' } };
  const request = { object: 'Contact', operation: 'insert', records: [record] } as const;
  expect(await writer.write(request)).toMatchObject([{ outcome: 'written' }]);
  const file = { object: 'Contact', operation: 'insert', fields: ['LastName'] } as const;
  const job = (await writer.jobs?.open(file)) ?? '';
  async function* records() {
    for (let page = 0; page < 50; page += 1) yield new Array(100).fill(record);
  }
  await writer.jobs?.upload(job, file, records());
  await writer.jobs?.start(job);
  let state = await writer.jobs?.state(job);
  while (state?.state === 'working') state = await writer.jobs?.state(job);
  expect(state).toEqual({ state: 'done', processed: 5_000, message: null });
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(org.url).host]));
});
