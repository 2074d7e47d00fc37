import { describe, expect, it } from 'vitest';
import type { Column } from '../../contract/types.ts';
import { maskRows, refusePersonalSearch } from './masking.ts';
import { readRowQuery } from './rowQuery.ts';

const columns: Column[] = [
  { name: 'Id', label: 'Id', type: 'text' },
  { name: 'Email', label: 'Email', type: 'text', personal: true },
];
const rows = [
  ['1', 'ada@example.com'],
  ['2', null],
];
const query = (asked: Parameters<typeof readRowQuery>[0] = {}) => readRowQuery(asked, columns);

describe('personal columns', () => {
  it('are masked for viewers, empty cells apart, and for nobody else', () => {
    expect(maskRows('viewer', columns, rows)).toEqual([
      ['1', '•••'],
      ['2', null],
    ]);
    for (const role of ['operator', 'editor', 'admin'] as const) expect(maskRows(role, columns, rows)).toBe(rows);
  });

  it.each([
    ['a filter', { filter: JSON.stringify([{ column: 'Email', operator: 'eq', value: 'ada@example.com' }]) }],
    ['an order', { sort: 'Email' }],
    ['a search', { search: 'ada' }],
  ])('cannot be guessed by a viewer with %s', (_what, asked) => {
    expect(() => refusePersonalSearch('viewer', columns, query(asked))).toThrow(/operator/);
    expect(() => refusePersonalSearch('operator', columns, query(asked))).not.toThrow();
  });

  it('leave a viewer the other columns, and the search of tables without any', () => {
    expect(() => refusePersonalSearch('viewer', columns, query({ sort: 'Id' }))).not.toThrow();
    expect(() => refusePersonalSearch('viewer', columns.slice(0, 1), query({ search: 'ada' }))).not.toThrow();
  });
});

describe('a page of rows', () => {
  it('is asked for in words that become a query', () => {
    const filter = JSON.stringify([{ column: 'Id', operator: 'isEmpty' }]);
    expect(query({ sort: 'Id', direction: 'desc', filter, limit: 5, cursor: 'x', search: 'a' })).toEqual({
      limit: 5,
      cursor: 'x',
      sort: { column: 'Id', direction: 'desc' },
      search: 'a',
      filter: [{ column: 'Id', operator: 'isEmpty', value: null }],
    });
    expect(query()).toEqual({ limit: 100, cursor: null, sort: null, search: '', filter: [] });
  });

  it.each([
    [{ sort: 'Nothing' }, /no column "Nothing"/],
    [{ filter: '[{"column":"Nothing","operator":"eq","value":1}]' }, /no column "Nothing"/],
    [{ filter: 'x' }, /is not JSON/],
    [{ filter: '{"column":"Id"}' }, /list of column, operator, value/],
    [{ filter: '[{"column":"Id","operator":"like","value":1}]' }, /list of column, operator, value/],
  ])('is refused for %j', (asked, message) => {
    expect(() => query(asked)).toThrow(message);
  });
});
