import { describe, expect, it } from 'vitest';
import { proposedColumns } from './proposed.ts';

const tables = [
  {
    name: 'people',
    columns: [
      { name: 'id', label: '', type: 'text' },
      { name: 'Score', label: '', type: 'integer' },
    ],
  },
  { name: 'orders', columns: [{ name: 'total', label: '', type: 'decimal' }] },
] as const;
const proposed = (sql: string) => proposedColumns(sql, tables).map(({ name, type }) => `${name} ${type}`);

describe('the columns proposed for a SELECT', () => {
  it.each([
    ['SELECT p.score, upper(id) AS name, count(*) AS n FROM people p', ['Score integer', 'name text', 'n integer']],
    ['SELECT DISTINCT * FROM people', ['id text', 'Score integer']],
    [
      'WITH t AS (SELECT total AS x FROM orders) SELECT sum(x) AS "The sum", Score AS s FROM t, people',
      ['The sum decimal', 's integer'],
    ],
    ['SELECT coalesce(a, (SELECT 1 FROM orders)) AS b, 1.5 AS c FROM people', ['b text', 'c decimal']],
  ])('are what it says: %s', (sql, expected) => {
    expect(proposed(sql)).toEqual(expected);
  });

  it.each([
    'SELECT count(*) FROM people',
    'SELECT 1 + 2',
    'SELECT',
    'DELETE FROM people',
    'SELECT id || id FROM people',
  ])('are none where a column has no name: %s', (sql) => {
    expect(proposed(sql)).toEqual([]);
  });
});
