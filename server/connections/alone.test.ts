import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConnectorHost } from '../../contract/connector.ts';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { allowAccess } from '../../test/harness/allowAccess.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import type { Clock } from '../db/clock.ts';
import { systemClock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import { createIds } from '../db/ids.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { loadCatalog } from '../engine/catalog.ts';
import { aloneFor } from './alone.ts';
import { createConnection } from './connections.ts';
import { makeKey } from './key.ts';
import { createLoader } from './loader.ts';
import { readConnectionSettings } from './settings.ts';
import { withClient } from './withClient.ts';

const key = makeKey('0123456789012345678901234567890123456789');
let shift = 0;
const clock: Clock = { now: () => new Date(Date.now() + shift), after: systemClock.after };
let database: TestDatabase;
/** Two processes, each with a connection of its own to the one database. */
let processes: Db[];

beforeEach(async () => {
  shift = 0;
  database = await makeDatabase();
  processes = [await openControl(database.place, { clock }), await openControl(database.place, { clock })];
});
afterEach(async () => {
  for (const db of processes) await db.destroy();
  await database.drop();
});

const first = (): Db => processes[0] as Db;
const hostOf = (db: Db) => ({ db, key, clock, newId: createIds(clock) });
const tokenOf = async (): Promise<unknown> => (await readConnectionSettings(first(), key, 'crm')).settings.refreshToken;

async function connectCrm(org: Salesforce) {
  const { connectors } = await loadCatalog();
  const { url: instanceUrl, clientId, clientSecret } = org;
  const settings = { flow: 'code', instanceUrl, clientId, clientSecret };
  const body = { name: 'crm', kind: 'salesforce', label: 'CRM', settings };
  const actor = { kind: 'system', name: 'test', role: 'admin' } as const;
  await inTransaction(first(), (tx) =>
    createConnection({ tx, actor, now: clock.now() }, { key, connectors, nodes: new Map() }, body),
  );
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined } as never;
  return processes.map((db) => ({
    loadConnection: createLoader(hostOf(db)),
    connectors,
    clock,
    log,
    filesFolder: database.folder,
  }));
}

test('tasks of two processes that renew the session at once never lose a token that is good once', async () => {
  const org = await startSalesforce({ contacts: 10, seed: 4, app: { rotateRefreshTokens: true } });
  try {
    const hosts = await connectCrm(org);
    const [host] = hosts;
    if (!host) throw new Error('There is no process.');
    await withClient(host, 'crm', async ({ personal }) => {
      const begun = personal?.begin({ callbackUrl: 'http://localhost:9/x', state: 's' });
      if (!begun) throw new Error('The flow has no page.');
      const code = (await allowAccess(new URL(begun.url), org)).searchParams.get('code') ?? '';
      await personal?.finish({ ...begun, code });
    });
    const given = await tokenOf();
    const who = await Promise.all(
      Array.from({ length: 8 }, (_, task) => withClient(hosts[task % 2] ?? host, 'crm', (client) => client.verify())),
    );
    expect(new Set(who.map(({ identity }) => identity))).toEqual(new Set([org.username]));
    expect(await tokenOf()).not.toBe(given);
    // What is stored is the token that is good now.
    await withClient(host, 'crm', (client) => client.verify());
    expect(await first()('connection_leases')).toEqual([]);
  } finally {
    await org.close();
  }
});

test('what was replaced by somebody else meanwhile is not written over', async () => {
  const org = await startSalesforce({ contacts: 1, seed: 4 });
  try {
    await connectCrm(org);
    const [one, two] = await Promise.all(
      processes.map(async (db) => (await createLoader(hostOf(db))('crm')).services?.().host as Required<ConnectorHost>),
    );
    await one?.store({ refreshToken: 'first', refreshTokenOf: 'here' });
    await expect(two?.store({ refreshToken: 'second' })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await tokenOf()).toBe('first');
    await two?.alone(async (settings) => {
      expect(settings).toMatchObject({ refreshToken: 'first' });
      await two.store({ refreshToken: 'second' });
    });
    expect(await tokenOf()).toBe('second');
  } finally {
    await org.close();
  }
});

test('a process that died with the lease holds the others up until it ends, and no longer', async () => {
  const dead = { connection: 'crm', holder: 'gone', until: new Date(clock.now().getTime() + 40_000).toISOString() };
  await first()('connection_leases').insert(dead);
  const stop = new AbortController();
  const waiting = aloneFor(hostOf(first()), 'crm', stop.signal, async () => 'never');
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  shift = 40_000;
  expect(await aloneFor(hostOf(first()), 'crm', undefined, async () => 'done')).toBe('done');
  await expect(
    aloneFor(hostOf(first()), 'crm', undefined, async () => {
      throw new Error('failed');
    }),
  ).rejects.toThrow('failed');
  expect(await first()('connection_leases')).toEqual([]);
});
