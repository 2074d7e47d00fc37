import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorHost, DataExtensionsClient } from '../../contract/connector.ts';
import type { DataExtension } from '../../contract/dataExtension.ts';
import { RetryLater } from '../../contract/errors.ts';
import { type MarketingCloud, startMarketingCloud } from '../../demo/marketing-cloud/index.ts';
import { open } from './client.ts';
import { definition, type MarketingCloudSettings } from './definition.ts';

const odd = "members & <gold> 'silver'";

let cloud: MarketingCloud;
beforeAll(async () => {
  cloud = await startMarketingCloud({ subscribers: 300, clock: '2026-06-15T10:00:00Z' });
});
beforeEach(async () => {
  cloud.org.faults.clear();
  cloud.org.requests.clear();
});
afterAll(() => cloud.close());

const aborts: AbortController[] = [];

function connect(settings: Partial<MarketingCloudSettings> = {}): Promise<DataExtensionsClient> {
  const { url, clientId, clientSecret } = cloud;
  const stop = new AbortController();
  aborts.push(stop);
  const host: ConnectorHost<MarketingCloudSettings> = {
    settings: { subdomain: url, clientId, clientSecret, accountId: '', ...settings },
    connectionName: 'cloud',
    clock: { now: () => new Date(cloud.org.clock.now()) },
    log: () => undefined,
    signal: stop.signal,
  };
  return open(host);
}

async function play(kind: string, match: object = {}, more: object = {}): Promise<void> {
  const body = JSON.stringify({ kind, match, ...more });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${cloud.url}/__demo/faults`, { method: 'POST', headers, body });
  expect(status).toBe(201);
}

const rowsOf = async (key: string): Promise<Record<string, string>[]> =>
  (await fetch(`${cloud.url}/__demo/rows?key=${encodeURIComponent(key)}`)).json() as Promise<Record<string, string>[]>;

const asked = (): string[] => cloud.org.requests.since(0).map(({ method, path }) => `${method} ${path}`);

describe('the settings', () => {
  const base = { ...definition.defaults, clientId: 'a', clientSecret: 'b' };

  it.each(['https://mc1.auth.marketingcloudapis.com/', 'mcabcdefghijklmnopqrstuvwxyz', 'http://127.0.0.1:8080'])(
    'take %s',
    (subdomain) => {
      expect(definition.settings.safeParse({ ...base, subdomain }).success).toBe(true);
    },
  );

  it.each([
    [{ subdomain: '' }, 'copy the authentication base URI'],
    [{ subdomain: 'a b' }, 'copy the authentication base URI'],
    [{ subdomain: 'mc1', accountId: 'Europe' }, 'write the MID in digits'],
    [{ subdomain: 'mc1', clientId: '' }, 'copy the client id'],
  ])('refuse %j', (wrong, message) => {
    expect(JSON.stringify(definition.settings.safeParse({ ...base, ...wrong }).error?.issues)).toContain(message);
  });
});

describe('signing in', () => {
  it('says which business unit it acts in, with one token for all requests', async () => {
    const before = cloud.org.sessions.total;
    expect(await (await connect()).verify()).toMatchObject({ organisation: 'Europe (MID 510000102)' });
    expect(cloud.org.sessions.total).toBe(before + 1);
    const america = await connect({ accountId: '510000103' });
    expect(await america.verify()).toMatchObject({ organisation: 'America (MID 510000103)' });
    await expect(america.extension('order-lines')).rejects.toMatchObject({ code: 'EXTENSION_UNKNOWN' });
  });

  it.each([
    [{ clientSecret: 'wrong' }, 'Client authentication failed'],
    [{ accountId: '1' }, 'account_id'],
  ])('is refused with %j, and not tried again', async (wrong, reason) => {
    const client = await connect(wrong);
    await expect(client.verify()).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining(reason),
    });
    expect(asked()).toEqual(['POST /v2/token']);
  });

  it('asks for another token when one is over, by REST and by SOAP, once per request', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const before = cloud.org.sessions.total;
    cloud.org.sessions.expireAll();
    await client.extension('AUDIENCE');
    cloud.org.sessions.expireAll();
    await client.send(extension, [{ ContactKey: 'a' }]);
    expect(cloud.org.sessions.total).toBe(before + 2);
    await play('expire-token', { path: '/data' }, { times: null });
    await expect(client.send(extension, [{ ContactKey: 'a' }])).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: expect.stringContaining('a new token was refused at once'),
    });
  });

  it('never says the secret back that a page in between echoes', async () => {
    const echo = createServer(async (request, response) => {
      response.writeHead(503, { 'content-type': 'text/html' }).end(`<p>blocked: ${await text(request)}</p>`);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const { port } = echo.address() as AddressInfo;
    const client = await connect({ subdomain: `http://127.0.0.1:${port}`, clientSecret: 'very "secret"' });
    const error = await client.verify().catch((reason: unknown) => reason);
    echo.close();
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toMatch(/very .*secret/);
  });

  it('says that a scope is missing', async () => {
    const { scopes } = cloud.org.package;
    cloud.org.package.scopes = ['offline'];
    const client = await connect();
    const extension: DataExtension = { key: 'AUDIENCE', name: '', columns: [] };
    await expect(client.send(extension, [{}])).rejects.toMatchObject({
      code: 'REMOTE_REFUSED',
      message: expect.stringContaining('Give the installed package the scope'),
    });
    await expect(client.extension('AUDIENCE')).rejects.toMatchObject({
      message: expect.stringContaining('Permission'),
    });
    cloud.org.package.scopes = scopes;
  });
});

describe('data extensions', () => {
  it('have their columns in order, with types, key and what is required', async () => {
    const { columns, ...rest } = await (await connect()).extension('subscribers');
    expect(rest).toEqual({ key: 'SUBSCRIBERS', name: 'Subscribers' });
    expect(columns.map(({ name, type, key, required }) => [name, type, key, required])).toEqual([
      ['SubscriberKey', 'text', true, true],
      ['EmailAddress', 'text', false, true],
      ['FirstName', 'text', false, false],
      ['LastName', 'text', false, false],
      ['Mobile', 'text', false, false],
      ['Points', 'integer', false, false],
      ['Balance', 'decimal', false, false],
      ['BirthDate', 'datetime', false, false],
      // Without a value it gets its default.
      ['OptIn', 'boolean', false, false],
      ['Language', 'text', false, false],
    ]);
  });

  it('are found by keys, and have columns, with signs that XML has for itself', async () => {
    const client = await connect();
    const extension = await client.extension(odd);
    expect([extension.name, extension.columns.map(({ name }) => name)]).toEqual([
      'Members <gold> & "silver"',
      ['Member number', 'Tier & <level>'],
    ]);
    const request = await client.send(extension, [{ 'Member number': 7, 'Tier & <level>': 'a < b & "c"' }]);
    expect(await client.outcome(request, 1)).toEqual([{ ok: true }]);
    expect((await rowsOf(odd)).at(-1)).toEqual({ 'Member number': '7', 'Tier & <level>': 'a < b & "c"' });
  });

  it('are listed with their folders and counted, with signs that XML has for itself', async () => {
    const client = await connect();
    const listed = await client.list();
    expect(listed).toHaveLength(5);
    expect(listed).toEqual(
      expect.arrayContaining([
        { key: 'order-lines', name: 'Order lines', folder: 'Data Extensions / CRM' },
        { key: odd, name: 'Members <gold> & "silver"', folder: 'Data Extensions' },
      ]),
    );
    expect(listed.map(({ name }) => name)).toEqual(listed.map(({ name }) => name).toSorted());
    expect([await client.count({ key: 'SUBSCRIBERS' }), await client.count({ key: 'none' })]).toEqual([300, null]);
    await play('small-pages', { body: 'DataExtension</ObjectType>' }, { times: null, rows: 2 });
    expect(await client.list()).toEqual(listed);
  });

  it('that are not there are named', async () => {
    await expect((await connect()).extension('none')).rejects.toMatchObject({
      code: 'EXTENSION_UNKNOWN',
      message: expect.stringContaining('"none"'),
    });
  });

  it('get columns that may be empty, typed, once', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const columns = (['text', 'integer', 'number', 'decimal', 'boolean', 'date', 'datetime', 'json'] as const).map(
      (type) => ({ name: `New ${type} & more`, type }),
    );
    const grown = await client.addColumns(extension, columns);
    const added = grown.columns.slice(3).map(({ remoteType, key, required }) => [remoteType, key, required]);
    expect(added).toEqual(
      ['Text', 'Decimal', 'Decimal', 'Decimal', 'Boolean', 'Date', 'Date', 'Text'].map((type) => [type, false, false]),
    );
    cloud.org.requests.clear();
    expect(await client.addColumns(extension, columns)).toEqual(grown);
    expect(asked()).toHaveLength(2);
    const rows = [
      {
        ContactKey: 'w',
        'New integer & more': '9223372036854775807',
        'New number & more': 0.1,
        'New date & more': '2026-06-01',
      },
    ];
    expect(await client.outcome(await client.send(extension, rows), 1)).toEqual([{ ok: true }]);
    expect(await rowsOf('AUDIENCE')).toContainEqual(
      expect.objectContaining({
        'New integer & more': '9223372036854775807',
        'New date & more': '6/1/2026 12:00:00 AM',
      }),
    );
  });

  it('say why a column cannot be added', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    await expect(client.addColumns(extension, [{ name: 'n'.repeat(51), type: 'text' }])).rejects.toMatchObject({
      code: 'EXTENSION_REFUSED',
      message: expect.stringContaining('is not valid'),
    });
  });
});

describe('rows', () => {
  it('are known by their keys, whatever the case and the blanks at the end, page by page', async () => {
    const client = await connect();
    const extension = await client.extension('SUBSCRIBERS');
    await play('small-pages', { body: 'DataExtensionObject' }, { rows: 7, times: null });
    const keys = Array.from({ length: 320 }, (_, index) => [`p-${String(index + 1).padStart(7, '0')} `]);
    const found = await client.hasRows(extension, [...keys, ["O'Neill & <sons>"]]);
    expect([found.filter(Boolean).length, found.lastIndexOf(true), found.length]).toEqual([300, 299, 321]);
  });

  it('are known by keys of several columns', async () => {
    const client = await connect();
    const extension = await client.extension('order-lines');
    expect(
      await client.hasRows(extension, [
        ['O-1', 1],
        ['o-1', 4],
        ['O-2', 3],
        ['O-999', 1],
      ]),
    ).toEqual([true, false, true, false]);
  });

  it('are asked for by all columns of the key, so that no others come', async () => {
    const client = await connect();
    const extension = await client.extension('order-lines');
    const rows = await rowsOf('order-lines');
    const [wanted] = rows;
    const others = rows.filter(({ OrderId }) => OrderId === wanted?.OrderId);
    await client.send(
      extension,
      [2, 3, 4].map((LineNumber) => ({ OrderId: wanted?.OrderId ?? '', LineNumber, Quantity: 1 })),
    );
    expect(others.length).toBeGreaterThan(0);
    const own = globalThis.fetch;
    const answers: string[] = [];
    globalThis.fetch = async (address, request) => {
      const answer = await own(address, request);
      answers.push(await answer.clone().text());
      return answer;
    };
    try {
      const key = [wanted?.OrderId ?? '', Number(wanted?.LineNumber)];
      expect(await client.hasRows(extension, [key])).toEqual([true]);
    } finally {
      globalThis.fetch = own;
    }
    expect(answers.join('').match(/<Results /g)).toHaveLength(1);
  });

  it('are added and updated, each with an outcome of its own', async () => {
    const client = await connect();
    const extension = await client.extension('SUBSCRIBERS');
    const request = await client.send(extension, [
      { SubscriberKey: 'P-0000001', Points: 77, Balance: '12.5', BirthDate: '2001-02-03T10:00:00.000Z', OptIn: true },
      { SubscriberKey: 'N-1', EmailAddress: 'n1@mail.example', FirstName: null },
      { SubscriberKey: 'N-2', EmailAddress: 'nowhere' },
      { SubscriberKey: 'N-3' },
      { SubscriberKey: 'N-4', EmailAddress: 'n4@mail.example', FirstName: 'x'.repeat(51) },
    ]);
    const outcomes = await client.outcome(request, 5);
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: true },
      { code: 'VALUE_REFUSED', symbol: 'InvalidEmailAddress', fields: ['EmailAddress'] },
      { code: 'REQUIRED_MISSING', symbol: 'RequiredFieldMissing', fields: ['EmailAddress'] },
      { code: 'VALUE_REFUSED', symbol: 'MaxLengthExceeded' },
    ]);
    const [first] = await rowsOf('SUBSCRIBERS');
    expect(first).toMatchObject({ Points: '77', Balance: '12.50', BirthDate: '2/3/2001 4:00:00 AM', OptIn: 'True' });
    expect((await rowsOf('SUBSCRIBERS')).at(-1)?.SubscriberKey).toBe('N-1');
  });

  it('have as many outcomes as were sent, over several pages of results', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const rows = Array.from({ length: 130 }, (_, index) => ({ ContactKey: `m-${index}` }));
    await play('small-pages', { path: '/data/v1/async' }, { rows: 50, times: null });
    const request = await client.send(extension, rows);
    expect((await client.outcome(request, 130))?.filter(({ ok }) => ok)).toHaveLength(130);
    await expect(client.outcome(request, 131)).rejects.toMatchObject({ name: 'RetryLater', code: 'REQUEST_LOST' });
  });

  it('that are worked on for long are not waited for', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    await play('slow-work', { method: 'PUT' }, { ms: 6_000 });
    const request = await client.send(extension, [{ ContactKey: 'slow' }]);
    expect(await client.outcome(request, 1)).toBeNull();
  });

  it('are asked for by a request that is not known: they have to be sent again', async () => {
    const client = await connect();
    await expect(client.outcome('none', 1)).rejects.toMatchObject({ name: 'RetryLater', code: 'REQUEST_LOST' });
  });
});

describe('imports', () => {
  const order = { name: 'people', location: 'exacttarget enhanced ftp', file: 'people.csv', adds: true };

  it('are of one definition, which is corrected before it is started', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const first = await client.startImport(extension, order);
    // No file lies there.
    expect(await client.importResult(first)).toEqual({ state: 'failed', word: 'Error', rows: 0, successful: 0 });
    await client.startImport(extension, { ...order, file: 'other.csv', adds: false });
    const definitions = cloud.org.definitions.of(cloud.accountId);
    expect(definitions.map(({ fileSpec, updateType, blankFile }) => [fileSpec, updateType, blankFile])).toEqual([
      ['other.csv', 'UpdateButDoNotAdd', 'Fail'],
    ]);
  });

  it('go on where the answer to the definition that was made is lost', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    await play('reset-after', { method: 'POST', path: '/automation/v1/imports' }, { times: 1 });
    expect(await client.startImport(extension, { ...order, name: 'lost answer' })).not.toBe('');
    const made = cloud.org.definitions.of(cloud.accountId).filter(({ name }) => name === 'lost answer');
    expect(made.map(({ fileSpec }) => fileSpec)).toEqual(['people.csv']);
  });

  it('are not taken for ours where another task has put its file there before the start', async () => {
    const [client, other] = [await connect(), await connect()];
    const extension = await client.extension('AUDIENCE');
    const own = globalThis.fetch;
    let isCrossed = false;
    globalThis.fetch = async (address, request) => {
      if (!isCrossed && String(request?.body).includes('PerformRequestMsg')) {
        isCrossed = true;
        await other.startImport(extension, { ...order, file: 'other.csv' });
      }
      return own(address, request);
    };
    try {
      await expect(client.startImport(extension, order)).rejects.toMatchObject({ code: 'IMPORT_CROSSED' });
    } finally {
      globalThis.fetch = own;
    }
    expect(await client.startImport(extension, order)).not.toBe('');
  });

  it('are refused where the location is not there, or a scope is missing', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    await expect(client.startImport(extension, { ...order, location: 'Moon' })).rejects.toMatchObject({
      code: 'LOCATION_UNKNOWN',
    });
    const { scopes } = cloud.org.package;
    cloud.org.package.scopes = ['data_extensions_read'];
    await expect((await connect()).startImport(extension, order)).rejects.toMatchObject({ code: 'REMOTE_REFUSED' });
    cloud.org.package.scopes = scopes;
  });

  it('do not get the file of another task while one of theirs waits for its turn', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    await play('slow-work', { body: 'PerformRequestMsg' }, { ms: 1_500 });
    const task = await client.startImport(extension, { ...order, name: 'queued', file: 'first.csv' });
    const second = { ...order, name: 'queued', file: 'second.csv' };
    await expect(client.startImport(extension, second)).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'IMPORT_BUSY',
      message: expect.stringContaining('it is "New"'),
    });
    const specs = cloud.org.definitions.of(cloud.accountId).filter(({ name }) => name === 'queued');
    expect(specs.map(({ fileSpec }) => fileSpec)).toEqual(['first.csv']);
    expect(await client.importResult(task)).toMatchObject({ state: 'failed' });
    expect(await client.startImport(extension, second)).not.toBe('');
  });

  describe('that nobody heard of', () => {
    const begun = (name: string): string[] => {
      const definition = cloud.org.definitions.of(cloud.accountId).find((one) => one.name === name);
      const runs = cloud.org.imports.of(cloud.accountId);
      return runs.filter((run) => run.definitionKey === definition?.customerKey).map(({ taskId }) => String(taskId));
    };

    it('are found by their file while they go on, and when they are done', async () => {
      const client = await connect();
      const extension = await client.extension('AUDIENCE');
      const heard = { ...order, name: 'unheard' };
      await play('slow-work', { body: 'PerformRequestMsg' }, { ms: 60_000 });
      const task = await client.startImport(extension, heard);
      expect(await (await connect()).startImport(extension, heard)).toBe(task);
      Object.assign(cloud.org.imports.of(cloud.accountId).at(-1)!, { status: 'Completed' });
      expect(await (await connect()).startImport(extension, heard)).toBe(task);
      expect(begun('unheard')).toEqual([task]);
    });

    it('are begun anew when they failed', async () => {
      const client = await connect();
      const extension = await client.extension('AUDIENCE');
      const task = await client.startImport(extension, { ...order, name: 'failed' });
      await expect.poll(async () => (await client.importResult(task)).state).toBe('failed');
      expect(await client.startImport(extension, { ...order, name: 'failed' })).not.toBe(task);
    });

    it('are not taken for ours when the definition was given its file behind them', async () => {
      const client = await connect();
      const extension = await client.extension('AUDIENCE');
      const task = await client.startImport(extension, { ...order, name: 'given later' });
      Object.assign(cloud.org.imports.of(cloud.accountId).at(-1)!, { status: 'Completed' });
      const [own] = cloud.org.definitions.of(cloud.accountId).slice(-1);
      Object.assign(own!, { modified: cloud.org.clock.now() + 1_000 });
      expect(await client.startImport(extension, { ...order, name: 'given later' })).not.toBe(task);
    });

    it.each(['reset-after', 'truncated-body'])(
      'are begun once though the answer to the start is lost by %s',
      async (kind) => {
        const client = await connect();
        const extension = await client.extension('AUDIENCE');
        await play('slow-work', { body: 'PerformRequestMsg' }, { ms: 60_000 });
        await play(kind, { body: 'PerformRequestMsg' }, { times: 1 });
        const task = await client.startImport(extension, { ...order, name: kind });
        expect(begun(kind)).toEqual([task]);
      },
    );

    it('and hang since the day before hold up nobody', async () => {
      const client = await connect();
      const extension = await client.extension('AUDIENCE');
      await play('slow-work', { body: 'PerformRequestMsg' }, { ms: 60_000 });
      const task = await client.startImport(extension, { ...order, name: 'hanging' });
      cloud.org.clock.advance(25 * 3_600);
      expect(await client.startImport(extension, { ...order, name: 'hanging' })).not.toBe(task);
    });
  });

  it('leave nothing behind when the time in which they may be started is over', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const { signal } = new AbortController();
    const over = {
      signal,
      check: () => {
        throw new RetryLater('SENT_TOO_LATE');
      },
    };
    const late = { ...order, name: 'too late' };
    await expect(client.startImport(extension, late, over)).rejects.toMatchObject({ code: 'SENT_TOO_LATE' });
    await expect(client.send(extension, [{ ContactKey: 'late' }], over)).rejects.toMatchObject({
      code: 'SENT_TOO_LATE',
    });
    expect(cloud.org.definitions.of(cloud.accountId).some(({ name }) => name === 'too late')).toBe(false);
    expect(asked().filter((request) => /^(PUT|POST \/automation)/.test(request))).toEqual([]);
    const task = await client.startImport(extension, late);
    await expect.poll(async () => (await client.importResult(task)).state).toBe('failed');
    let checks = 0;
    const between = {
      signal,
      check: () => {
        checks += 1;
      },
    };
    await client.startImport(extension, { ...late, file: 'next.csv' }, between);
    // The correction and the start: each is looked at before it leaves.
    expect(checks).toBe(2);
  });

  it('wait for one that is queued and has no date yet', async () => {
    const client = await connect();
    const extension = await client.extension('AUDIENCE');
    const result = '<Results><ImportStatus>Queued</ImportStatus><StartDate/></Results>';
    const body = `<E><Body><RetrieveResponseMsg><OverallStatus>OK</OverallStatus>${result}</RetrieveResponseMsg></Body></E>`;
    await play('html', { body: 'ImportResultsSummary' }, { status: 200, body });
    await expect(client.startImport(extension, { ...order, name: 'undated' })).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'IMPORT_BUSY',
    });
  });

  it.each([
    ['The import is already running.', 'RetryLater', 'IMPORT_BUSY'],
    ['The file location is not valid.', 'UserError', 'IMPORT_REFUSED'],
  ])('whose start is refused with "%s" are a %s', async (reason, name, code) => {
    const extension = await (await connect()).extension('AUDIENCE');
    const result = `<Result><StatusCode>Error</StatusCode><StatusMessage>${reason}</StatusMessage></Result>`;
    const body = `<E><Body><PerformResponseMsg><Results>${result}</Results></PerformResponseMsg></Body></E>`;
    await play('html', { body: 'PerformRequestMsg' }, { status: 200, body });
    await expect((await connect()).startImport(extension, { ...order, name: reason })).rejects.toMatchObject({
      name,
      code,
      message: expect.stringContaining(reason.slice(0, -1)),
    });
  });

  it('are of an unknown state where nobody tells one', async () => {
    expect(await (await connect()).importResult('1')).toMatchObject({ state: 'untold', word: '' });
  });

  it('are not waited for when they take long', async () => {
    const client = await connect();
    await play('slow-work', { body: 'PerformRequestMsg' }, { ms: 6_000 });
    const task = await client.startImport(await client.extension('AUDIENCE'), order);
    expect(await client.importResult(task)).toMatchObject({ state: 'working', word: 'New' });
  });

  it.each([
    ['datetime', '2026-06-01', '06/01/2026'],
    ['datetime', '2026-06-01T05:30:00.000Z', '05/31/2026 11:30:00 PM'],
    ['datetime', '2026-06-01T06:00:00.000Z', '06/01/2026 12:00:00 AM'],
    ['datetime', '2026-06-01T17:59:59.999Z', '06/01/2026 11:59:59 AM'],
    ['datetime', '2026-06-01T18:05:09.000Z', '06/01/2026 12:05:09 PM'],
    ['datetime', '2026-06-01T23:00:00.000Z', '06/01/2026 5:00:00 PM'],
    ['boolean', true, 'true'],
    ['decimal', '1.50', '1.50'],
    ['text', null, ''],
  ] as const)('read a %s from a file: %j is %s', async (type, cell, text) => {
    const column = { name: 'x', remoteType: '', type, key: false, required: false };
    expect((await connect()).fileText(column, cell)).toBe(text);
  });

  it('can be compared with what was sent, value by value', async () => {
    const client = await connect();
    const extension = await client.extension('SUBSCRIBERS');
    const row = {
      SubscriberKey: 'C-1',
      EmailAddress: 'c1@mail.example',
      Balance: '12.5',
      BirthDate: '2026-06-01',
      OptIn: true,
    };
    await client.outcome(await client.send(extension, [row]), 1);
    const rows = [
      { ...row, Balance: '12.500', FirstName: null },
      { ...row, BirthDate: '2026-06-01T06:00:00.000Z' },
      { ...row, BirthDate: '2026-06-01T06:00:01.000Z' },
      { ...row, EmailAddress: 'C1@mail.example' },
      { ...row, OptIn: null },
      { ...row, SubscriberKey: 'C-2' },
    ];
    expect(await client.holds(extension, rows)).toEqual([true, true, false, false, false, null]);
  });
});

describe('trouble on the way', () => {
  const send = async (): Promise<string> => {
    const client = await connect();
    return client.send({ key: 'AUDIENCE', name: '', columns: [] }, [{ ContactKey: 'trouble' }]);
  };

  it.each(['status', 'reset-before', 'reset-after', 'reset-mid-body', 'html', 'truncated-body'])(
    'of the kind %s passes: the rows are sent again',
    async (kind) => {
      await play(kind, { method: 'PUT' });
      expect(await send()).toMatch(/^[0-9a-f-]{36}$/);
      expect(asked().filter((one) => one.startsWith('PUT'))).toHaveLength(2);
    },
  );

  it('waits as long as it is told to when there were too many requests, if that is short', async () => {
    await play('rate-limit', { method: 'PUT' }, { ms: 1_000 });
    const began = performance.now();
    await send();
    expect(performance.now() - began).toBeGreaterThan(950);
  });

  it('leaves a long wait to the engine', async () => {
    await play('rate-limit', { method: 'PUT' }, { ms: 60_000 });
    await expect(send()).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_LIMIT', after: 60_000 });
    expect(asked().filter((one) => one.startsWith('PUT'))).toHaveLength(1);
  });

  it('that lasts is told as what it is', async () => {
    await play('html', { method: 'PUT' }, { times: null, status: 200 });
    await expect(send()).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_NOT_UNDERSTOOD' });
    cloud.org.faults.clear();
    await play('html', { path: '/Service.asmx' }, { times: null });
    await expect((await connect()).extension('AUDIENCE')).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'REMOTE_BUSY',
    });
    await expect((await connect({ subdomain: 'http://127.0.0.1:9' })).verify()).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
    });
  });

  it('ends at once when it is stopped', async () => {
    const client = await connect();
    await play('slow', { path: '/platform' }, { ms: 30_000 });
    const verified = client.verify();
    const reason = new Error('stopped');
    await expect.poll(() => cloud.org.faults.list()[0]?.hits).toBe(1);
    aborts.at(-1)?.abort(reason);
    await expect(verified).rejects.toBe(reason);
  });
});
