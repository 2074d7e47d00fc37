import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callBudgetDefaults, callBudgetSettings } from '../../contract/callBudget.ts';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import type { UserError } from '../../contract/errors.ts';
import { defineNode } from '../../contract/node.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import type { Actor } from '../access/actor.ts';
import type { Change } from '../access/audit.ts';
import { listAudit } from '../access/audit.ts';
import { openControl } from '../db/control.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import { createWorkflow, deleteWorkflow } from '../workflows/drafts.ts';
import { createCache } from './cache.ts';
import type { ConnectionHost } from './connections.ts';
import { createConnection, deleteConnection, listConnections, noteVerified, updateConnection } from './connections.ts';
import { loadKey, makeKey } from './key.ts';
import type { ConnectionRow } from './rows.ts';
import { openSecrets, sealSecrets, secretNames } from './seal.ts';
import { readConnectionSettings } from './settings.ts';

const key = makeKey('0123456789012345678901234567890123456789');
const definition: ConnectorDefinition = {
  kind: 'lake',
  label: 'Lake',
  description: '',
  icon: '',
  capabilities: ['crm'],
  settings: z.strictObject({
    host: z.string().min(1, 'say where it is'),
    user: z.string(),
    pin: z.string().min(1, 'enter the pin'),
    ...callBudgetSettings,
  }),
  defaults: { host: '', user: 'guest', pin: '', ...callBudgetDefaults },
  form: [{ kind: 'text', name: 'host', label: 'Host name' }],
  secrets: ['pin'],
};
const node = defineNode({
  type: 'fetch',
  label: 'Fetch',
  description: '',
  group: 'sources',
  icon: '',
  keywords: [],
  config: z.looseObject({}),
  defaults: {},
  form: [{ kind: 'connection', name: 'from.where', label: 'Connection', capability: 'crm' }],
  inputs: { min: 0, max: 0, join: 'each', rows: 'none' },
  starts: null,
  ports: () => [],
  columns: () => ({}),
  summary: () => '',
});
const host: ConnectionHost = {
  key,
  connectors: new Map([['lake', { definition }]]),
  nodes: new Map([['fetch', node]]),
};
const actor: Actor = { kind: 'user', name: 'Ada', role: 'editor' };
const now = new Date('2024-05-01T10:00:00.000Z');

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await makeDatabase();
  db = await openControl(database.place, { clock: { now: () => now, after: () => () => undefined } });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const change = <T>(work: (change: Change) => Promise<T>): Promise<T> =>
  inTransaction(db, (tx) => work({ tx, actor, now }));
const create = (settings: Record<string, unknown>, name = 'lake1') =>
  change((it) => createConnection(it, host, { name, kind: 'lake', label: 'The lake', settings }));
const failure = (work: Promise<unknown>): Promise<UserError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: UserError) => error,
  );

describe('the key of secrets', () => {
  it('is made once, in a file that only its owner may read', async () => {
    const file = join(database.folder, 'secret.key');
    const made = await loadKey({ secretKey: undefined, file });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadKey({ secretKey: undefined, file })).toEqual(made);
  });

  it('is one for all that start at the same time', async () => {
    const file = join(database.folder, 'secret.key');
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadKey({ secretKey: undefined, file })));
    expect(new Set(keys.map((one) => one.id)).size).toBe(1);
    expect((await readdir(database.folder)).filter((name) => name.startsWith('secret'))).toEqual(['secret.key']);
  });

  it('may come from the environment instead, and then no file is made', async () => {
    const file = join(database.folder, 'secret.key');
    const given = await loadKey({ secretKey: 'x'.repeat(40), file });
    expect(given.bytes).toHaveLength(32);
    expect((await failure(readFile(file))) as unknown).toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['others may read', 0o644, 'a'.repeat(64), /chmod 600/],
    ['is too short', 0o600, 'short', /fewer than 32/],
  ])('is refused from a file that %s', async (_what, mode, text, message) => {
    const file = join(database.folder, 'secret.key');
    await writeFile(file, text);
    await chmod(file, mode);
    expect((await failure(loadKey({ secretKey: undefined, file }))).message).toMatch(message);
  });
});

describe('sealed secrets', () => {
  const sealed = sealSecrets(key, 'lake1', { pin: 'very secret' });

  it('open with the key that sealed them, and say without it which they are', () => {
    expect(openSecrets(key, 'lake1', sealed)).toEqual({ pin: 'very secret' });
    expect(secretNames('lake1', sealed)).toEqual(['pin']);
    expect(sealed).not.toContain('very');
  });

  it('differ each time, though the secret is the same', () => {
    expect(sealSecrets(key, 'lake1', { pin: 'very secret' })).not.toBe(sealed);
  });

  it('do not open for another connection, nor when one character was changed', () => {
    expect(() => openSecrets(key, 'lake2', sealed)).toThrow();
    const parts = sealed.split('.');
    for (const index of [2, 3, 4, 5]) {
      const bytes = Buffer.from(`${parts[index]}`, 'base64url').map((byte) => byte ^ 1);
      const changed = parts.with(index, Buffer.from(bytes).toString('base64url'));
      expect(() => openSecrets(key, 'lake1', changed.join('.')), `part ${index}`).toThrow();
    }
    expect(() => openSecrets(key, 'lake1', 'nonsense')).toThrow(/damaged/);
  });

  it('name the connection when another key is given', () => {
    expect(() => openSecrets(makeKey('another key'), 'lake1', sealed)).toThrow(
      /"lake1" were encrypted with another key/,
    );
  });
});

describe('connections', () => {
  it('keep secrets apart, sealed, and never show them', async () => {
    await create({ host: 'h', pin: 'very secret' });
    const [listed] = await listConnections(db, host);
    expect(listed).toMatchObject({
      settings: { host: 'h', user: 'guest' },
      secretsSet: ['pin'],
      capabilities: ['crm'],
    });
    expect(JSON.stringify([listed, await db('connections'), await listAudit(db, {})])).not.toContain('very secret');
    expect(await readConnectionSettings(db, key, 'lake1')).toEqual({
      kind: 'lake',
      label: 'The lake',
      settings: { host: 'h', user: 'guest', pin: 'very secret', ...callBudgetDefaults },
    });
  });

  it('keep a secret that is left out of a change, and replace one that is entered', async () => {
    await create({ host: 'h', pin: 'first' });
    await change((it) => updateConnection(it, host, 'lake1', { label: 'L', settings: { host: 'h2', pin: '' } }));
    expect((await readConnectionSettings(db, key, 'lake1')).settings).toMatchObject({ host: 'h2', pin: 'first' });
    await change((it) => updateConnection(it, host, 'lake1', { label: 'L', settings: { host: 'h2', pin: 'second' } }));
    expect((await readConnectionSettings(db, key, 'lake1')).settings).toMatchObject({ pin: 'second' });
    const trail = JSON.stringify(await listAudit(db, {}));
    expect(trail).toContain('"secretsEntered":["pin"]');
    expect(trail).not.toMatch(/first|second/);
  });

  it('can be given their secrets anew when the key was lost', async () => {
    await create({ host: 'h', pin: 'first' });
    const other = { ...host, key: makeKey('the new key of this instance') };
    const keep = change((it) => updateConnection(it, other, 'lake1', { label: 'L', settings: { host: 'h' } }));
    expect((await failure(keep)).code).toBe('CONFIG_INVALID');
    await change((it) => updateConnection(it, other, 'lake1', { label: 'L', settings: { host: 'h', pin: 'new' } }));
    expect((await readConnectionSettings(db, other.key, 'lake1')).settings).toMatchObject({ pin: 'new' });
  });

  it.each([
    ['a missing setting by its label', { pin: 'p' }, /^Host name: say where it is/],
    ['a missing secret', { host: 'h' }, /^pin: enter the pin/],
    ['a setting that does not exist', { host: 'h', pin: 'p', colour: 'red' }, /colour/],
  ])('name %s', async (_what, settings, message) => {
    expect((await failure(create(settings))).message).toMatch(message);
    expect(await listConnections(db, host)).toEqual([]);
  });

  it('refuse a taken name and an unknown kind', async () => {
    await create({ host: 'h', pin: 'p' });
    expect((await failure(create({ host: 'h', pin: 'p' }))).code).toBe('NAME_TAKEN');
    const body = { name: 'x', kind: 'swamp', label: 'x', settings: {} };
    expect((await failure(change((it) => createConnection(it, host, body)))).message).toMatch(/kind "swamp"/);
  });

  it('are not deleted while a workflow names them', async () => {
    await create({ host: 'h', pin: 'p' });
    const step = {
      id: 'a',
      type: 'fetch',
      name: 'fetch',
      label: 'Fetch',
      x: 0,
      y: 0,
      config: { from: { where: 'lake1' } },
    };
    const workflow = { formatVersion: 1 as const, internalName: 'flow', label: 'Flow', nodes: [step], transitions: [] };
    await change((it) => createWorkflow(it, workflow, { id: 'w1' }));
    const refused = await failure(change((it) => deleteConnection(it, host, 'lake1')));
    expect(refused).toMatchObject({ code: 'CONNECTION_USED', details: { name: 'lake1', workflows: 'flow' } });
    await change((it) => deleteWorkflow(it, 'flow'));
    await change((it) => deleteConnection(it, host, 'lake1'));
    expect((await failure(change((it) => deleteConnection(it, host, 'lake1')))).code).toBe('NOT_FOUND');
  });

  it('keep their verification when only the label is changed', async () => {
    await create({ host: 'h', pin: 'p' });
    const row = (await db<ConnectionRow>('connections').first())!;
    const verified = { at: now.toISOString(), ok: true, message: 'me', details: [] };
    await change((it) => noteVerified(it, row, verified));
    await change((it) => updateConnection(it, host, 'lake1', { label: 'Other', settings: { host: 'h' } }));
    expect((await listConnections(db, host))[0]).toMatchObject({ label: 'Other', verified });
    await change((it) => updateConnection(it, host, 'lake1', { label: 'Other', settings: { host: 'h', pin: 'q' } }));
    expect((await listConnections(db, host))[0]?.verified).toBeNull();
  });

  it('keep their verification when only the budget is changed, unless it was the budget that refused', async () => {
    await create({ host: 'h', pin: 'p' });
    const save = (settings: Record<string, unknown>) =>
      change((it) => updateConnection(it, host, 'lake1', { label: 'L', settings: { host: 'h', ...settings } }));
    const note = async (verified: Parameters<typeof noteVerified>[2]) => {
      const row = (await db<ConnectionRow>('connections').first())!;
      await change((it) => noteVerified(it, row, verified));
    };
    const verified = { at: now.toISOString(), ok: true, message: 'me', details: [] };
    await note(verified);
    await save({ callBudget: 50, whenSpent: 'stop' });
    expect((await listConnections(db, host))[0]).toMatchObject({ settings: { callBudget: 50 }, verified });
    await note({ ...verified, ok: false, code: 'API_BUDGET_SPENT' });
    await save({ callBudget: 50, whenSpent: 'stop' });
    expect((await listConnections(db, host))[0]?.verified).toMatchObject({ code: 'API_BUDGET_SPENT' });
    await save({ callBudget: 90, whenSpent: 'stop' });
    expect((await listConnections(db, host))[0]?.verified).toBeNull();
    await note(verified);
    await save({ callBudget: 90, whenSpent: 'stop', user: 'another' });
    expect((await listConnections(db, host))[0]?.verified).toBeNull();
  });

  it('forget a verification when they are changed, also while it is under way', async () => {
    await create({ host: 'h', pin: 'p' });
    const row = (await db<ConnectionRow>('connections').first())!;
    const verified = { at: now.toISOString(), ok: true, message: 'me', details: [] };
    await change((it) => noteVerified(it, row, verified));
    expect((await listConnections(db, host))[0]?.verified).toEqual(verified);
    const later = new Date(now.getTime() + 1);
    await inTransaction(db, (tx) =>
      updateConnection({ tx, actor, now: later }, host, 'lake1', { label: 'L', settings: { host: 'h2' } }),
    );
    await change((it) => noteVerified(it, row, verified));
    expect((await listConnections(db, host))[0]?.verified).toBeNull();
  });
});

describe('the cache of what a connection leads to', () => {
  const make = (clock = { at: 0 }) => {
    const cache = createCache<number>({
      clock: { now: () => new Date(clock.at), after: () => () => undefined },
      keepMs: 1_000,
      most: 2,
    });
    let loads = 0;
    const load = async () => ++loads;
    return { clock, cache, load, get: (name: string, refresh = false) => cache.get(name, refresh, load) };
  };

  it('loads once for many who ask at once, again after its time, and when asked to', async () => {
    const { clock, get } = make();
    expect(await Promise.all([get('a'), get('a')])).toEqual([1, 1]);
    expect(await get('a', true)).toBe(2);
    clock.at = 1_001;
    expect(await get('a')).toBe(3);
  });

  it('does not keep a failure', async () => {
    const { cache, get } = make();
    await failure(cache.get('a', false, () => Promise.reject(new Error('no'))));
    expect(await get('a')).toBe(1);
  });

  it('keeps only so many, the youngest', async () => {
    const { get } = make();
    expect([await get('a'), await get('b'), await get('c'), await get('c'), await get('a')]).toEqual([1, 2, 3, 3, 4]);
  });
});
