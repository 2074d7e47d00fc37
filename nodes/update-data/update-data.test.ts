import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import { messyPeople, peopleColumns } from '../../test/harness/people.ts';
import type { UpdateDataConfig } from './definition.ts';
import { definition } from './definition.ts';

const engine = testEngine();

/** Each test writes into a table of its own. */
let table = '';
let tables = 0;
beforeEach(() => {
  tables += 1;
  table = `people ${tables}`;
});

type Row = Record<string, Cell>;
type Loose<T> = { [K in keyof T]?: T[K] extends (infer Item)[] ? Partial<Item>[] : T[K] };
type Settings = Loose<Omit<UpdateDataConfig, 'table'>>;

const idColumns: Column[] = [
  { name: 'Id', label: 'Record id', type: 'text' },
  { name: 'Name', label: 'Name', type: 'text' },
  { name: 'Score', label: 'Score', type: 'integer' },
];
const byId: Settings = { key: [{ column: 'Id', destination: 'id' }] };

const write = (settings: Settings, columns: Column[], rows: Cell[][]) =>
  engine
    .flow({ write: { type: 'update-data', config: { ...settings, table } } }, ['input -> write'])
    .withRows('input', columns, rows);

async function written(settings: Settings, columns: Column[], rows: Cell[][]) {
  const run = await write(settings, columns, rows).finished();
  expect(run.error).toBeNull();
  return run;
}
const reasons = (rejects: Row[]): string[] => rejects.map((row) => `${row.Id} ${row.errorCode} ${row.errorFields}`);

describe('insert or update', () => {
  it('creates the table with the types of the columns, and fills it', async () => {
    const run = await written(byId, peopleColumns, messyPeople(3));
    expect(run.log('write')).toEqual(['3 inserted']);
    const made = await engine.local.table(table);
    expect(made?.key).toEqual(['id']);
    expect(made?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id text',
      'FirstName text',
      'LastName text',
      'Email text',
      'Birthdate date',
      'Score integer',
      'Value decimal',
      'Active boolean',
      'Changed datetime',
    ]);
    expect(await run.rows('write.success')).toHaveLength(3);
    expect(run.state).toBe('succeeded');
  });

  it('writes only rows that differ, and says so', async () => {
    await written(byId, idColumns, [
      ['a', 'Ann', 1],
      ['b', 'Bob', null],
      ['c', 'Cleo', 3],
    ]);
    const run = await written(byId, idColumns, [
      ['a', 'Ann', 1],
      ['b', 'Bob', 2],
      ['d', 'Dan', null],
    ]);
    expect(run.log('write')).toEqual(['1 inserted, 1 updated, 1 unchanged']);
    expect(await engine.localRows(table)).toEqual([
      { id: 'a', Name: 'Ann', Score: 1 },
      { id: 'b', Name: 'Bob', Score: 2 },
      { id: 'c', Name: 'Cleo', Score: 3 },
      { id: 'd', Name: 'Dan', Score: null },
    ]);
  });

  it('adds columns that the table lacks, and leaves those alone that do not arrive', async () => {
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    await written(byId, [idColumns[0] as Column, { name: 'City', label: 'City', type: 'text' }], [['a', 'Bonn']]);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', Name: 'Ann', Score: 1, City: 'Bonn' }]);
  });

  it('passes the rows that were written on as they arrived', async () => {
    const run = await written(byId, idColumns, [
      ['a', 'Ann', 1],
      [null, 'Nobody', 2],
    ]);
    expect(await run.rows('write.success')).toEqual([{ Id: 'a', Name: 'Ann', Score: 1 }]);
  });
});

describe('chosen columns', () => {
  const mapped = (...mapping: NonNullable<Settings['mapping']>): Settings => ({ ...byId, columns: 'mapped', mapping });

  it('go where they are sent, columns and expressions alike', async () => {
    const settings = mapped(
      { column: 'Name', destination: 'name' },
      { kind: 'expression', expression: 'record.Score * 1.5', destination: 'points', type: 'number' },
    );
    await written(settings, idColumns, [
      ['a', 'Ann', 3],
      ['b', 'Bob', null],
    ]);
    expect(await engine.localRows(table)).toEqual([
      { id: 'a', name: 'Ann', points: 4.5 },
      { id: 'b', name: 'Bob', points: 0 },
    ]);
  });

  it('are written on insert only, or on update only, where that is asked', async () => {
    const settings = mapped(
      { column: 'Name', destination: 'first', on: 'insert' },
      { column: 'Score', destination: 'later', on: 'update' },
    );
    await written(settings, idColumns, [['a', 'one', 1]]);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', first: 'one', later: null }]);
    await written(settings, idColumns, [['a', 'two', 2]]);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', first: 'one', later: 2 }]);
  });

  it('count only where their condition is true', async () => {
    const settings = mapped({ column: 'Score', condition: 'record.Score > 5' }, { column: 'Name' });
    await written(settings, idColumns, [
      ['a', 'Ann', 9],
      ['b', 'Bob', 1],
    ]);
    await written(settings, idColumns, [
      ['a', 'Anna', 2],
      ['b', 'Bob', 7],
    ]);
    expect(await engine.localRows(table)).toEqual([
      { id: 'a', Score: 9, Name: 'Anna' },
      { id: 'b', Score: 7, Name: 'Bob' },
    ]);
  });

  it('empty the row when the source is empty, unless that is switched off', async () => {
    const rows = (name: string | null): Cell[][] => [['a', name, null]];
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    await written({ ...byId, emptyOverwrites: false }, idColumns, rows('Anna'));
    expect(await engine.localRows(table)).toEqual([{ id: 'a', Name: 'Anna', Score: 1 }]);
    await written(byId, idColumns, rows(null));
    expect(await engine.localRows(table)).toEqual([{ id: 'a', Name: null, Score: null }]);
  });

  it('change to the type that the table has, and are rejected where they cannot', async () => {
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    const texts: Column[] = idColumns.map((column) => ({ ...column, type: 'text' }));
    const run = await written(byId, texts, [
      ['a', 'Ann', ' 7 '],
      ['b', 'Bob', 'seven'],
      ['c', 'Cleo', null],
    ]);
    expect(await engine.localRows(table)).toEqual([
      { id: 'a', Name: 'Ann', Score: 7 },
      { id: 'c', Name: 'Cleo', Score: null },
    ]);
    const [reject] = await run.rows('write.reject');
    expect(reject).toMatchObject({ Id: 'b', Score: 'seven', errorCode: 'TYPE_MISMATCH', errorFields: 'Score' });
    expect(reject?.errorMessage).toBe('Score: "seven" is not a whole number.');
  });

  it('reject the record whose expression fails', async () => {
    const settings = mapped({ kind: 'expression', expression: 'record.Name.trim()', destination: 'name' });
    const run = await written(settings, idColumns, [
      ['a', ' Ann ', 1],
      ['b', null, 2],
    ]);
    expect(reasons(await run.rows('write.reject'))).toEqual(['b RECORD_FAILED null']);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', name: 'Ann' }]);
  });

  it('may be named like anything, also like the words of the machinery', async () => {
    const names = ['row', 'place', 'key0', 'value0', 'when0', 'errorCode', '_id', 'c1', 'Account.Name', 'ÄÖ "quoted"'];
    const columns: Column[] = ['Id', ...names].map((name) => ({ name, label: name, type: 'text' }));
    await written({ key: [{ column: 'Id' }], emptyOverwrites: false }, columns, [
      ['a', ...names.map((name) => `of ${name}`)],
    ]);
    expect(await engine.localRows(table)).toEqual([
      { Id: 'a', ...Object.fromEntries(names.map((name) => [name, `of ${name}`])) },
    ]);
  });
});

describe('rejects', () => {
  const rows: Cell[][] = [
    ['a', 'first', 1],
    ['', 'blank', 2],
    ['b', 'only', 3],
    [null, 'nobody', 4],
    ['a', 'last', 5],
  ];

  it('are the records without a key, and all but the last of several with one key', async () => {
    const run = await written(byId, idColumns, rows);
    expect(reasons(await run.rows('write.reject'))).toEqual([
      'a DUPLICATE_KEY Id',
      ' KEY_EMPTY Id',
      'null KEY_EMPTY Id',
    ]);
    expect(run.log('write')).toEqual(['2 inserted, 3 rejected']);
    expect(run.state).toBe('succeeded with rejects');
    expect((await engine.localRows(table)).map((row) => row.Name)).toEqual(['only', 'last']);
  });

  it.each([
    ['first', ['first', 'only'], ['a DUPLICATE_KEY Id']],
    ['none', ['only'], ['a DUPLICATE_KEY Id', 'a DUPLICATE_KEY Id']],
  ] as const)('of several with one key, "%s" counts', async (duplicates, names, rejected) => {
    const run = await written({ ...byId, duplicates }, idColumns, [
      ['a', 'first', 1],
      ['b', 'only', 2],
      ['a', 'last', 3],
    ]);
    expect((await engine.localRows(table)).map((row) => row.Name)).toEqual(names);
    expect(reasons(await run.rows('write.reject'))).toEqual(rejected);
  });

  it('never take the place of a good record with the same key', async () => {
    const settings: Settings = {
      ...byId,
      columns: 'mapped',
      mapping: [{ kind: 'expression', expression: 'record.Name.trim()', destination: 'name' }],
      duplicates: 'none',
    };
    const run = await written(settings, idColumns, [
      ['a', 'good', 1],
      ['a', null, 2],
    ]);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', name: 'good' }]);
    expect(reasons(await run.rows('write.reject'))).toEqual(['a RECORD_FAILED null']);
  });

  it('of an insert are rows that exist; they are not touched', async () => {
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    const run = await written({ ...byId, operation: 'insert' }, idColumns, [
      ['a', 'Other', 2],
      ['b', 'Bob', 3],
    ]);
    expect(reasons(await run.rows('write.reject'))).toEqual(['a ALREADY_EXISTS Id']);
    expect(await engine.localRows(table)).toEqual([
      { id: 'a', Name: 'Ann', Score: 1 },
      { id: 'b', Name: 'Bob', Score: 3 },
    ]);
  });

  it('of an update are rows that do not exist; none is created', async () => {
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    const run = await written({ ...byId, operation: 'update' }, idColumns, [
      ['a', 'Anna', 1],
      ['b', 'Bob', 3],
    ]);
    expect(reasons(await run.rows('write.reject'))).toEqual(['b NO_MATCH Id']);
    expect(await engine.localRows(table)).toEqual([{ id: 'a', Name: 'Anna', Score: 1 }]);
  });

  it('of an update are all rows when there is no table, and none is made', async () => {
    const run = await written({ ...byId, operation: 'update' }, idColumns, [['a', 'Ann', 1]]);
    expect(reasons(await run.rows('write.reject'))).toEqual(['a NO_MATCH Id']);
    expect(await engine.local.table(table)).toBeNull();
  });
});

describe('delete', () => {
  it('removes the rows with the keys, once each', async () => {
    await written(byId, idColumns, [
      ['a', 'Ann', 1],
      ['b', 'Bob', 2],
      ['c', 'Cleo', 3],
    ]);
    const remove: Settings = { ...byId, operation: 'delete' };
    const run = await written(remove, idColumns.slice(0, 1), [['a'], ['c'], ['a'], ['x'], [null]]);
    expect(run.log('write')).toEqual(['2 deleted, 1 unchanged, 1 rejected']);
    expect(reasons(await run.rows('write.reject'))).toEqual(['null KEY_EMPTY Id']);
    expect(await engine.localRows(table)).toEqual([{ id: 'b', Name: 'Bob', Score: 2 }]);
  });
});

describe('what cannot be written', () => {
  it('is a key other than the one the table has', async () => {
    await written(byId, idColumns, [['a', 'Ann', 1]]);
    const run = await write({ key: [{ column: 'Name' }] }, idColumns, [['a', 'Ann', 1]]).finished();
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({ code: 'CONFIG_INVALID', details: { field: 'key' } });
    expect(run.error?.message).toContain(`the table "${table}" has the key id`);
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{ table: ' ', key: [{ column: 'Id' }] }, ['table: choose a table or name a new one']],
    [{ table: 'people ', key: [{ column: 'Id' }] }, ['table: remove the spaces around the name']],
    [
      { table: '_delivered', key: [{ column: 'Id' }] },
      ['table: begin with a letter or digit, then use letters, digits, spaces, "_", "-" or "."'],
    ],
    [{ key: [] }, ['key: choose what identifies a row of the table']],
    [{ key: [{ column: '' }] }, ['key.0.column: choose a column']],
    [
      { key: [{ kind: 'expression' }] },
      ['key.0.expression: write an expression', 'key.0.destination: name the column to write'],
    ],
    [{ key: [{ column: 'Id' }], columns: 'mapped' }, ['mapping: choose at least one column to write']],
    [
      { key: [{ column: 'Id' }], columns: 'mapped', mapping: [{ column: 'Name', destination: 'Id' }] },
      ['mapping.0.destination: another line writes "Id" too'],
    ],
  ])('is %j', (config, problems) => {
    const parsed = definition.config.safeParse({ ...definition.defaults, table: 'people', ...config });
    expect(parsed.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)).toEqual(problems);
  });

  it('is a column that does not arrive, named at its place', () => {
    const settings: Settings = { ...byId, columns: 'mapped', mapping: [{ column: 'Name' }, { column: 'Mail' }] };
    const issues = write(settings, idColumns, []).problems();
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(['COLUMN_UNKNOWN mapping.1.column']);
  });
});

describe('interrupted and run again', () => {
  const people = messyPeople(25_000, 3);
  const insert: Settings = {
    ...byId,
    operation: 'insert',
    columns: 'mapped',
    mapping: [{ column: 'Email' }, { kind: 'expression', expression: 'record.LastName.trim()', destination: 'name' }],
  };

  it.each([
    ['table', 1, 'before'],
    ['table', 1, 'after'],
    ['once', 1, 'before'],
    ['once', 1, 'after'],
    ['once', 2, 'after'],
    ['once', 3, 'after'],
    ['table', 2, 'after'],
  ] as const)(
    'at %s number %i, %s its effect: every row is inserted once and none is a reject',
    async (call, number, when) => {
      const run = await write(insert, peopleColumns, people).interrupted('write', { call, number, when }).finished();
      expect(run.error).toBeNull();
      expect(run.task('write').attempt).toBe(2);
      expect(run.log('write')).toEqual(['25,000 inserted']);
      expect(run.counts).toMatchObject({ 'write.success': 25_000, 'write.reject': 0 });
      expect(await engine.localRows(table)).toHaveLength(25_000);
    },
  );
});

/** The promise in plain JavaScript: a map from key to row, row after row. */
function reference(before: Map<string, Row>, config: Settings, rows: Row[]) {
  const { operation = 'upsert', duplicates = 'last', emptyOverwrites = true } = config;
  const after = new Map([...before].map(([key, row]) => [key, { ...row }]));
  const good = rows.filter((row) => row.Id !== null && row.Id !== '');
  const chosen = good.filter((row, index) => {
    const same = good.flatMap((other, place) => (other.Id === row.Id ? [place] : []));
    if (operation === 'delete') return same[0] === index;
    return duplicates === 'none' ? same.length === 1 : same.at(duplicates === 'last' ? -1 : 0) === index;
  });
  for (const { Id, ...values } of chosen) {
    const key = String(Id);
    const old = after.get(key);
    if (operation === 'delete') after.delete(key);
    else if (old ? operation !== 'insert' : operation !== 'update') {
      const counted = Object.entries(values).filter(([, value]) => emptyOverwrites || value !== null);
      after.set(key, { Name: null, Score: null, ...old, Id: key, ...Object.fromEntries(counted) });
    }
  }
  return after;
}

it('leaves the table as plain JavaScript would, whatever the rows and the settings', async () => {
  const row = fc.tuple(
    fc.constantFrom(null, '', 'a', 'b', 'c', 'A', 'ä', ' a'),
    fc.constantFrom(null, '', 'x', 'y'),
    fc.constantFrom(null, 0, 1, 9_007_199_254_740_991),
  );
  const rows = fc.array(row, { maxLength: 8 });
  const settings = fc.record({
    operation: fc.constantFrom('insert', 'update', 'upsert', 'delete'),
    duplicates: fc.constantFrom('last', 'first', 'none'),
    emptyOverwrites: fc.boolean(),
  });
  const key = [{ column: 'Id' }];
  const records = (some: Cell[][]): Row[] =>
    some.map(([Id = null, Name = null, Score = null]) => ({ Id, Name, Score }));
  await fc.assert(
    fc.asyncProperty(rows, rows, settings as fc.Arbitrary<Settings>, async (first, second, chosen) => {
      tables += 1;
      table = `people ${tables}`;
      await written({ key }, idColumns, first as Cell[][]);
      const before = reference(new Map(), {}, records(first as Cell[][]));
      const run = await written({ key, ...chosen }, idColumns, second as Cell[][]);
      const expected = reference(before, chosen, records(second as Cell[][]));
      const byKey = (list: Row[]): Row[] => list.toSorted((a, b) => (String(a.Id) < String(b.Id) ? -1 : 1));
      expect(byKey(await engine.localRows(table))).toEqual(byKey([...expected.values()]));
      expect((run.counts['write.success'] ?? 0) + (run.counts['write.reject'] ?? 0)).toBe(second.length);
    }),
    { numRuns: 40 },
  );
});
