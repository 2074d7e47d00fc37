import { access, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseClient } from '../../contract/connector.ts';
import type { DatabaseTable } from '../../contract/database.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { Cell, ColumnType } from '../../contract/types.ts';
import { targetSystems, testTargets } from '../../test/harness/targets.ts';
import { open } from './client.ts';
import { definition } from './definition.ts';

const targets = testTargets();
const opened: DatabaseClient[] = [];
const stop = new AbortController();

async function connected(settings: Record<string, unknown>): Promise<DatabaseClient> {
  const client = await open({
    settings: definition.settings.parse({ ...definition.defaults, ...settings }) as never,
    connectionName: 'target',
    clock: { now: () => new Date(0) },
    log: () => undefined,
    signal: stop.signal,
    folder: targets.folder,
  });
  opened.push(client);
  return client;
}

afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
});

const failure = async (work: Promise<unknown>): Promise<UserError | RetryLater> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError || error instanceof RetryLater) return error;
  throw new Error(`It should have failed with an error for people, not with ${String(error)}`);
};

const everything: DatabaseTable = {
  name: 'Every_type',
  key: 'Id',
  columns: [
    { name: 'Id', type: 'text' },
    { name: 'Text', type: 'text' },
    { name: 'Whole', type: 'integer' },
    { name: 'Number', type: 'number' },
    { name: 'Exact', type: 'decimal' },
    { name: 'Yes', type: 'boolean' },
    { name: 'Day', type: 'date' },
    { name: 'Moment', type: 'datetime' },
    { name: 'Tree', type: 'json' },
  ],
};
const rows: Cell[][] = [
  [
    'a',
    'O\'Neil \\ "q" 😀 ñ\n\t?',
    1,
    0.1,
    '12.5',
    true,
    '2024-02-29',
    '2024-01-31T23:30:00.123Z',
    { b: [1, null], a: 'x' },
  ],
  [
    'b',
    '',
    '9007199254740993',
    1.7976931348623157e308,
    '123456789012345678.123456789',
    false,
    '1700-01-01',
    '1999-12-31T23:59:59.999Z',
    [],
  ],
  ['B', ' b ', -5, -2.5e-300, '-0.000000001', false, '2400-12-31', '2038-01-19T03:14:08.000Z', 'text'],
  ['c', null, null, null, null, null, null, null, null],
];
/** The first column is the key. */
const tableOf = (name: string, ...columns: [name: string, type: ColumnType][]): DatabaseTable => ({
  name,
  key: columns[0]?.[0] ?? '',
  columns: columns.map(([column, type]) => ({ name: column, type })),
});
const byKey = (list: Cell[][]): Cell[][] => list.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));

describe.each(targetSystems)('%s', (system) => {
  let settings: Record<string, unknown>;
  beforeAll(async () => {
    settings = await targets.make(system);
  });

  it('says who it is, and which tables it has', async () => {
    const client = await connected(settings);
    const { identity, details } = await client.verify();
    expect(identity).not.toBe('');
    expect(details.find((detail) => detail.label === 'Version')?.value).toMatch(/\d+\.\d+/);
    expect(await client.tables()).toEqual([]);
  });

  it('gives back every value as it was written, and replaces rows by their key', async () => {
    const client = await connected(settings);
    expect(await client.ensureTable(everything)).toEqual({ created: true, added: [] });
    await client.write([{ operation: 'upsert', table: everything, rows }]);
    expect(byKey(await client.rows(everything, ['a', 'b', 'B', 'c', 'nobody']))).toEqual(byKey(rows));
    const changed: Cell[] = ['c', 'new', 7, 1, '1', true, '2024-01-01', '2024-01-01T00:00:00.000Z', { n: 1 }];
    await client.write([{ operation: 'upsert', table: everything, rows: [changed] }]);
    expect(await client.rows(everything, ['c'])).toEqual([changed]);
    expect(await client.tables()).toEqual(['Every_type']);
  });

  it('keeps any number, text and JSON exactly', async () => {
    const client = await connected(settings);
    const text = fc.string({ unit: 'grapheme' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, number), { minLength: 1, maxLength: 40 }), async (values) => {
        const some = values.map(([word, value], index): Cell[] => [
          `r${index}`,
          word,
          index,
          value === 0 ? 0 : value,
          null,
          null,
          null,
          null,
          { word },
        ]);
        await client.write([{ operation: 'upsert', table: everything, rows: some }]);
        const keys = some.map(([key]) => key ?? null);
        expect(byKey(await client.rows(everything, keys))).toEqual(byKey(some));
        await client.write([{ operation: 'delete', table: everything, keys }]);
        expect(await client.rows(everything, keys)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('adds columns that a table lacks, and keeps what is there', async () => {
    const client = await connected(settings);
    const wider: DatabaseTable = { ...everything, columns: [...everything.columns, { name: 'More', type: 'decimal' }] };
    expect(await client.ensureTable(wider)).toEqual({ created: false, added: ['More'] });
    expect(await client.ensureTable(wider)).toEqual({ created: false, added: [] });
    expect((await client.rows(wider, ['a']))[0]?.slice(1)).toEqual([...(rows[0]?.slice(1) ?? []), null]);
  });

  it('gives all rows page by page in the order of the key', async () => {
    const client = await connected(settings);
    const table = tableOf('Many', ['Id', 'text'], ['N', 'integer']);
    await client.ensureTable(table);
    const many = Array.from({ length: 4_500 }, (_, n): Cell[] => [`k${String(n).padStart(5, '0')}`, n]);
    await client.write([{ operation: 'upsert', table, rows: many }]);
    const sizes: number[] = [];
    const all: Cell[][] = [];
    for await (const page of client.pages(table)) {
      sizes.push(page.length);
      all.push(...page);
    }
    expect(sizes).toEqual([2_000, 2_000, 500]);
    expect(all).toEqual(many);
  });

  it('writes all or nothing, and moves a row on for one of two only', async () => {
    const client = await connected(settings);
    const place = tableOf('Place', ['name', 'text'], ['revision', 'integer']);
    await client.ensureTable(place);
    const move = (from: Cell, to: number) => ({
      operation: 'move' as const,
      table: place,
      row: ['x', to],
      column: 'revision',
      expected: from,
    });
    const gone = { operation: 'delete' as const, table: everything, keys: ['a'] };
    await client.write([move(null, 1)]);
    expect((await failure(client.write([gone, move(null, 1)]))).code).toBe('DATABASE_OVERTAKEN');
    expect((await failure(client.write([gone, move(7, 8)]))).code).toBe('DATABASE_OVERTAKEN');
    expect(await client.rows(everything, ['a'])).toHaveLength(1);
    await client.write([gone, move(1, 2)]);
    expect(await client.rows(everything, ['a'])).toEqual([]);
    expect(await client.rows(place, ['x'])).toEqual([['x', 2]]);
  });

  it('refuses names that could be anything else, before anything is sent', async () => {
    const client = await connected(settings);
    for (const name of ['a"; drop table x', 'a.b', '', 'x`y', '1st', 'n'.repeat(64), 'é']) {
      const table = tableOf(name, ['Id', 'text']);
      expect(() => client.ensureTable(table)).toThrow(UserError);
      expect(() =>
        client.ensureTable({ ...table, name: 'fine', columns: [...table.columns, { name, type: 'text' }] }),
      ).toThrow();
    }
    const twice = tableOf('T', ['Id', 'text'], ['ID', 'text']);
    expect(() => client.ensureTable(twice)).toThrow('the table T has Id as well');
  });
});

describe('what cannot be written', () => {
  it.each(['postgres', 'mysql'] as const)('is named by %s, and nothing of the batch stays', async (system) => {
    const client = await connected(await targets.make(system));
    await client.ensureTable(everything);
    const bad = (rows[0] ?? []).map((cell, index) => (index === 0 ? 'bad' : index === 4 ? '1'.repeat(200_000) : cell));
    const error = await failure(client.write([{ operation: 'upsert', table: everything, rows: [...rows, bad] }]));
    expect(error.code).toBe('DATABASE_VALUE');
    expect(await client.rows(everything, ['a', 'b'])).toEqual([]);
  });
});

describe('what cannot be reached', () => {
  it('is a server that is not there: time may mend it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    for (const system of ['postgres', 'mysql']) {
      const client = await connected({ system, host: '127.0.0.1', port, database: 'd', user: 'u', tls: 'off' });
      const error = await failure(client.verify());
      expect(error).toBeInstanceOf(RetryLater);
      expect(error.message).toContain(`127.0.0.1:${port} cannot be reached`);
    }
  });

  it.each(['postgres', 'mysql'] as const)(
    'is a user, a database or TLS that %s does not know: a person mends it',
    async (system) => {
      const settings = await targets.make(system);
      const wrong = [{ database: 'nowhere' }, { tls: 'verify' }, ...(system === 'mysql' ? [{ user: 'nobody' }] : [])];
      for (const change of wrong) {
        const error = await failure((await connected({ ...settings, ...change })).verify());
        expect([change, error.code]).toEqual([change, 'DATABASE_SIGN_IN']);
      }
    },
  );
});

describe('a SQLite file', () => {
  it.each([
    '../outside.sqlite',
    '/tmp/outside.sqlite',
    'sub/x.sqlite',
    '..',
    'x',
    '.sqlite',
    'a.sqlite/../../b.db',
    'file:x.db?mode=rw',
  ])('cannot be named %s', (file) => {
    const parsed = definition.settings.safeParse({ ...definition.defaults, system: 'sqlite', file });
    expect(parsed.error?.issues[0]?.path).toEqual(['file']);
  });

  it('lies in the folder of the instance', async () => {
    const settings = await targets.make('sqlite');
    await (await connected(settings)).ensureTable(everything);
    expect(await readdir(join(targets.folder, 'databases'))).toContain(settings.file);
    await expect(access(join(targets.folder, String(settings.file)))).rejects.toThrow('ENOENT');
  });
});
