import { beforeAll, describe, expect, it } from 'vitest';
import type { FilterGroup, FilterOperator } from '../../contract/filter.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { testEngine } from '../../test/harness/engine.ts';
import type { QueryConfig } from './config.ts';
import { definition } from './definition.ts';

const engine = testEngine();
const people: Omit<Column, 'label'>[] = [
  { name: 'id', type: 'text' },
  { name: 'Email', type: 'text' },
  { name: 'Score', type: 'integer' },
  { name: 'Amount', type: 'decimal' },
  { name: 'Born', type: 'date' },
  { name: 'active', type: 'boolean' },
];
const rows: Cell[][] = [
  ['a', 'Anna@x.org', 5, '10', '2001-02-03', true],
  ['b', 'ben@y.org', 9, '9.5', '1999-12-31', false],
  ['c', null, null, null, null, null],
  ['d', '', 7, '100', '2010-01-01', true],
];
const chosen = (...names: string[]): QueryConfig['columns'] =>
  people.filter(({ name }) => names.includes(name)).map((one) => ({ ...one, label: '' }));

const fill = (table: string, cells: Cell[][], columns = people) =>
  engine
    .flow({ save: { type: 'update-data', config: { table, key: [{ kind: 'column', column: columns[0]?.name }] } } }, [
      'input -> save',
    ])
    .withRows('input', columns, cells)
    .finished();

beforeAll(async () => {
  await fill('people', rows);
});

const query = (config: Partial<QueryConfig>) => engine.flow({ query: { type: 'query', config } }, []);
const byTable = (config: Partial<QueryConfig>) => query({ table: 'people', columns: chosen('id'), ...config });
const ids = async (config: Partial<QueryConfig>): Promise<Cell[]> =>
  (await (await byTable(config).finished()).rows('query.success')).map((row) => row.id ?? null);

const group = (operator: 'and' | 'or', ...items: FilterGroup['items']): FilterGroup => ({
  kind: 'group',
  operator,
  items,
});
const where = (field: string, operator: FilterOperator, value?: string): FilterGroup['items'][number] => ({
  kind: 'condition',
  field,
  operator,
  ...(value === undefined ? {} : { value }),
});

describe('a Query over a table', () => {
  it('gives the chosen columns of the rows that pass, in its order, and not more than it was told', async () => {
    const config: Partial<QueryConfig> = {
      columns: chosen('id', 'Score'),
      filter: group('and', where('Score', 'ge', '2 + 3')),
      orderBy: [{ field: 'Amount', direction: 'desc' }],
      limit: 2,
    };
    const run = await byTable(config).finished();
    expect(await run.rows('query.success')).toEqual([
      { id: 'd', Score: 7 },
      { id: 'a', Score: 5 },
    ]);
    expect(run.log('query')).toContain('2 rows of people');
  });

  it.each<[string, FilterGroup, Cell[]]>([
    ['equal', group('and', where('Email', 'eq', '"ben@y.org"')), ['b']],
    ['different, the empty ones too', group('and', where('Email', 'ne', '"ben@y.org"')), ['a', 'c', 'd']],
    ['less, as decimals', group('and', where('Amount', 'lt', '10')), ['b']],
    ['a day', group('and', where('Born', 'gt', '"2001-01-01"')), ['a', 'd']],
    ['the day of an instant', group('and', where('Born', 'eq', 'new Date("2001-02-03T10:00:00Z")')), ['a']],
    ['true', group('and', where('active', 'eq', 'true')), ['a', 'd']],
    ['contains, whatever the case', group('and', where('Email', 'contains', '"ANNA"')), ['a']],
    ['empty', group('and', where('Email', 'isEmpty')), ['c', 'd']],
    ['not empty', group('and', where('Email', 'isNotEmpty')), ['a', 'b']],
    ['any of', group('or', where('id', 'eq', '"a"'), where('Score', 'eq', '9')), ['a', 'b']],
    [
      'groups within',
      group(
        'and',
        where('active', 'eq', 'true'),
        group('or', where('id', 'eq', '"d"'), where('id', 'eq', '"b"')),
        group('or'),
      ),
      ['d'],
    ],
    ['no condition', group('or'), ['a', 'b', 'c', 'd']],
  ])('filters: %s', async (_, filter, expected) => {
    expect(await ids({ filter, orderBy: [{ field: 'id', direction: 'asc' }] })).toEqual(expected);
  });

  it('knows variables in the values of its filter', async () => {
    const node = {
      type: 'query',
      config: { table: 'people', columns: chosen('id'), filter: group('and', where('id', 'eq', 'vars.wanted')) },
    };
    const run = await engine.flow({ query: { ...node, initScript: 'vars.wanted = "b"' } }, []).finished();
    expect(await run.rows('query.success')).toEqual([{ id: 'b' }]);
  });

  it.each<[string, Partial<QueryConfig>, string]>([
    ['a filter column that is not there', { filter: group('and', where('gone', 'eq', '1')) }, 'TABLE_COLUMN_UNKNOWN'],
    ['an order by one', { orderBy: [{ field: 'gone', direction: 'asc' }] }, 'TABLE_COLUMN_UNKNOWN'],
    ['a chosen one', { columns: [{ name: 'gone', label: '', type: 'text' }] }, 'TABLE_COLUMN_UNKNOWN'],
    ['a column of another type', { columns: [{ name: 'Score', label: '', type: 'text' }] }, 'TYPE_MISMATCH'],
    ['a value of another type', { filter: group('and', where('Score', 'eq', '"five"')) }, 'FILTER_VALUE'],
    ['an operator that says nothing', { filter: group('and', where('Score', 'contains', '5')) }, 'FILTER_OPERATOR'],
    ['an expression that fails', { filter: group('and', where('Score', 'eq', 'nope()')) }, 'EXPRESSION_FAILED'],
  ])('names %s', async (_, config, code) => {
    const run = await byTable(config).finished();
    expect(run.error?.code).toBe(code);
  });

  it('computes columns from all columns of the table, and rejects the records for which that fails', async () => {
    const computed: QueryConfig['computed'] = [
      { name: 'domain', type: 'text', expression: 'record.Email.split("@")[1]' },
      { name: 'double', type: 'integer', expression: 'record.Score * 2' },
    ];
    const run = await byTable({ computed, orderBy: [{ field: 'id', direction: 'desc' }] }).finished();
    expect(await run.rows('query.success')).toEqual([
      { id: 'd', domain: null, double: 14 },
      { id: 'b', domain: 'y.org', double: 18 },
      { id: 'a', domain: 'x.org', double: 10 },
    ]);
    expect(await run.rows('query.reject')).toMatchObject([{ id: 'c', errorCode: 'RECORD_FAILED' }]);
    const wrong: QueryConfig['computed'] = [{ name: 'day', type: 'date', expression: 'record.Email' }];
    const other = await byTable({ computed: wrong, limit: 1 }).finished();
    expect(await other.rows('query.reject')).toMatchObject([
      { id: 'a', errorCode: 'TYPE_MISMATCH', errorFields: 'day', errorMessage: 'day: "Anna@x.org" is not a date.' },
    ]);
  });

  it('gives no rows of a table that does not exist yet, and says so', async () => {
    const run = await byTable({ table: 'later' }).finished();
    expect(run.counts).toMatchObject({ 'query.success': 0 });
    expect(run.log('query')).toContain('There is no table later yet: no rows');
  });
});

const declared: QueryConfig['declared'] = [
  { name: 'domain', type: 'text' },
  { name: 'n', type: 'integer' },
  { name: 'total', type: 'decimal' },
];

describe('a Query in SQL', () => {
  it('gives the columns it was said to give, with parameters bound', async () => {
    const run = await query({
      mode: 'sql',
      sql: `SELECT count(*) AS n, sum(Amount) AS TOTAL, substr(Email, 6) AS domain, 1 AS more FROM people
        WHERE Score >= :least AND active GROUP BY substr(Email, 6) ORDER BY n, total`,
      parameters: [{ name: 'least', expression: '2 + 3' }],
      declared,
    }).finished();
    expect(await run.rows('query.success')).toEqual([
      { domain: 'x.org', n: 1, total: '10' },
      { domain: '', n: 1, total: '100' },
    ]);
    expect(run.counts).toMatchObject({ 'query.reject': 0 });
  });

  it('rejects a row whose value is not what its column was said to hold', async () => {
    const run = await query({
      mode: 'sql',
      sql: 'SELECT Email AS domain, id AS n, Amount AS total FROM people WHERE id = :id',
      parameters: [{ name: 'id', expression: '"a"' }],
      declared,
    }).finished();
    expect(run.counts).toMatchObject({ 'query.success': 0, 'query.reject': 1 });
    expect(await run.rows('query.reject')).toMatchObject([
      { errorCode: 'TYPE_MISMATCH', errorFields: 'n', domain: 'Anna@x.org', n: null, total: '10' },
    ]);
  });

  it.each<[string, Partial<QueryConfig>, object]>([
    [
      'a column that it does not give',
      { sql: 'SELECT 1 AS n, 2 AS m' },
      { code: 'SQL_COLUMN', message: 'The SQL gives no column "domain", only n, m.' },
    ],
    ['a table that is not there', { sql: 'SELECT * FROM nobody' }, { code: 'SQL_FAILED' }],
    ["a table of Syncline's own", { sql: 'SELECT * FROM _applied' }, { code: 'SQL_REFUSED' }],
    ['a function that does more than compute', { sql: "SELECT pg_read_file('x')" }, { code: /^SQL_(REFUSED|FAILED)$/ }],
    [
      'a parameter that is no plain value',
      { sql: 'SELECT :p', parameters: [{ name: 'p', expression: '({})' }] },
      { code: 'CONFIG_INVALID' },
    ],
    [
      'a parameter without value',
      { sql: 'SELECT :p', parameters: [{ name: 'p', expression: 'undefined' }] },
      { code: 'CONFIG_INVALID' },
    ],
    [
      'a time limit',
      {
        timeLimit: 1,
        declared: [{ name: 'n', type: 'integer' }],
        sql: 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) AS n FROM r',
      },
      { code: 'SQL_TIME_LIMIT' },
    ],
  ])('names %s', async (_, config, expected) => {
    const run = await query({ mode: 'sql', declared, ...config }).finished();
    const { code, message } = run.error ?? { code: 'none', message: '' };
    const wanted = expected as { code: string | RegExp; message?: string };
    expect(code).toMatch(wanted.code);
    expect(message).toContain(wanted.message ?? '');
  });
});

describe('the settings of a Query', () => {
  const problems = (config: Partial<QueryConfig>): string[] =>
    (definition.config.safeParse({ ...definition.defaults, ...config }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('name what is missing of a table', () => {
    expect(problems({})).toEqual(['table: choose a table', 'columns: choose at least one column']);
    const computed = [{ name: 'id', type: 'text', expression: ' ' }] as const;
    const filter = group('and', where('', 'eq', ''), where('id', 'isEmpty'));
    expect(
      problems({
        table: '_own',
        columns: chosen('id'),
        computed: [...computed],
        filter,
        limit: 1.5,
        orderBy: [{ field: '', direction: 'asc' }],
      }),
    ).toEqual([
      'table: choose a table of your own: names that begin with "_" are Syncline\'s',
      'computed.0.name: another column is called "id" too',
      'computed.0.expression: write an expression',
      'filter.items.0.field: choose a column',
      'filter.items.0.value: write a value',
      'orderBy.0.field: choose a column',
      'limit: a whole number, or 0 for all rows',
    ]);
  });

  it('name what is wrong in SQL before it runs', () => {
    const config = { mode: 'sql', declared } as const;
    expect(problems({ ...config, sql: 'DELETE FROM people' })).toEqual([
      'sql: begin with SELECT (or with WITH … SELECT)',
    ]);
    expect(problems({ ...config, sql: 'SELECT :a', declared: [], timeLimit: 0 })).toEqual([
      'sql: add the parameter "a" below',
      'declared: name the columns that the SQL gives',
      'timeLimit: from 1 to 3600 seconds',
    ]);
    const parameters = ['1', 'a', 'a'].map((name) => ({ name, expression: name === '1' ? '' : '1' }));
    expect(problems({ ...config, sql: 'SELECT 1', parameters })).toEqual([
      'parameters.0.name: a letter first, then letters, digits or "_"',
      'parameters.0.expression: write an expression',
      'parameters.2.name: another parameter is called "a" too',
    ]);
  });

  it('announce what leaves, while drawing', () => {
    const computed = [{ name: 'domain', type: 'text', expression: '1' }] as const;
    const config = { ...definition.defaults, table: 'people', columns: chosen('id'), computed: [...computed] };
    const columns = definition.columns(config, []);
    expect(columns.success?.map(({ name }) => name)).toEqual(['id', 'domain']);
    expect(columns.reject?.map(({ name }) => name).slice(-1)).toEqual(['id']);
    expect(definition.columns({ ...config, computed: [] }, []).reject).toBeUndefined();
  });
});
