import { describe, expect, it } from 'vitest';
import { testEngine } from '../../test/harness/engine.ts';
import type { UnionConfig } from './definition.ts';

const engine = testEngine();
const crm = [
  { name: 'Email', type: 'text' },
  { name: 'Name', type: 'text' },
] as const;
const shop = [
  { name: 'Name', type: 'text' },
  { name: 'Email', type: 'text' },
  { name: 'Orders', type: 'integer' },
] as const;

const union = (config: Partial<UnionConfig>) =>
  engine
    .flow({ union: { type: 'union', config } }, ['crm -> union', 'shop -> union'])
    .withRows('shop', shop, [
      ['Anna', 'ANNA@example.org', 3],
      ['Ben', 'ben@example.org', 1],
      ['Nobody', null, 0],
    ])
    .withRows('crm', crm, [
      ['anna@example.org', 'Anna'],
      ['ben@example.org', 'Ben'],
      ['', 'Cleo'],
    ]);

const names = async (config: Partial<UnionConfig>) =>
  (await (await union(config).finished()).rows('union.success')).map((row) => `${row.Name} ${row.Email}`);

describe('a Union', () => {
  it('keeps all records of all inputs when it is told to, with the columns of the primary set', async () => {
    const run = await union({ sameBy: 'none' }).finished();
    expect(run.counts['union.success']).toBe(6);
    expect(run.table('union.success').columns.map((column) => column.name)).toEqual(['Email', 'Name']);
  });

  it('takes records for the same when all shared columns are equal', async () => {
    expect(await names({ sameBy: 'shared' })).toEqual([
      'Anna anna@example.org',
      'Ben ben@example.org',
      'Cleo ',
      'Anna ANNA@example.org',
      'Nobody null',
    ]);
  });

  it('takes records for the same by chosen keys, and those with an empty key for the same as none', async () => {
    const keys = [{ column: 'Email', normalise: 'email' as const }];
    expect(await names({ sameBy: 'keys', keys })).toEqual([
      'Anna anna@example.org',
      'Ben ben@example.org',
      'Cleo ',
      'Nobody null',
    ]);
  });

  it('lets the records of the primary set win', async () => {
    const keys = [{ column: 'Email', normalise: 'email' as const }];
    expect((await names({ sameBy: 'keys', keys, primary: 'shop' }))[0]).toBe('Anna ANNA@example.org');
  });

  it('gives the columns that all have, or all columns with nothing where an input lacks one', async () => {
    const run = await union({ sameBy: 'none', columns: 'all' }).finished();
    expect(run.table('union.success').columns.map((column) => column.name)).toEqual(['Email', 'Name', 'Orders']);
    expect((await run.rows('union.success')).map((row) => row.Orders)).toEqual([null, null, null, 3, 1, 0]);
    const shared = await union({ sameBy: 'none', columns: 'shared', primary: 'shop' }).finished();
    expect(shared.table('union.success').columns.map((column) => column.name)).toEqual(['Name', 'Email']);
  });

  it('goes on without an input along which nothing can come any more', async () => {
    const run = await engine
      .flow(
        {
          gone: { type: 'wait', config: { mode: 'expression', expression: '1' }, onError: 'ignore' },
          union: { type: 'union', config: { sameBy: 'none' } },
        },
        ['many -> gone', 'gone -> union', 'few -> union'],
      )
      .withRows('few', crm, [['a@example.org', 'A']])
      .withRows('many', crm, [['b@example.org', 'B']])
      .finished();
    expect(await run.rows('union.success')).toEqual([{ Email: 'a@example.org', Name: 'A' }]);
    expect(run.log('union')).toContain('Nothing came from gone');
  });

  it('refuses to lay columns of different types over each other', async () => {
    const run = await engine
      .flow({ union: { type: 'union', config: { sameBy: 'none' } } }, ['a -> union', 'b -> union'])
      .withRows('b', [{ name: 'Id', type: 'integer' }], [[1]])
      .withRows('a', [{ name: 'Id', type: 'text' }], [['1']])
      .finished();
    expect(run.error).toMatchObject({ code: 'TYPE_MISMATCH', details: { column: 'Id' } });
  });

  it('names a key that an input lacks', () => {
    const issues = union({ sameBy: 'keys', keys: [{ column: 'Orders', normalise: 'none' }] }).problems();
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(['COLUMN_UNKNOWN keys.0.column']);
  });

  it('wants a key when keys decide', () => {
    const problems = union({ sameBy: 'keys' }).problems();
    expect(problems.map(({ message }) => message)).toEqual(['keys: choose what makes two records the same.']);
  });
});
