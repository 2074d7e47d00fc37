import { describe, expect, it } from 'vitest';
import { type Relation, scan, type TableRef } from '../../contract/relation.ts';
import { type Cell, type Column, canonicalText, foldText } from '../../contract/types.ts';
import type { RowPage, RowQuery } from '../../server/tables/types.ts';
import { compareCells } from './evaluate/cells.ts';
import { pools } from './random.ts';
import { columnsOf, never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  const all: RowQuery = { limit: 100, cursor: null, sort: null, search: '', filter: [] };

  const columns = columnsOf({
    name: 'text',
    size: 'integer',
    score: 'number',
    amount: 'decimal',
    ok: 'boolean',
    day: 'date',
    at: 'datetime',
    extra: 'json',
  });

  /** Every value of every pool, many times, and nothing in between. */
  function manyRows(count: number): Cell[][] {
    return Array.from({ length: count }, (_, index) =>
      columns.map(({ type }, place) => {
        const pool = pools[type];
        const at = (index * (place + 3)) % (pool.length + 2);
        return pool[at] ?? null;
      }),
    );
  }

  async function allPages(table: TableRef, query: Partial<RowQuery>): Promise<RowPage[]> {
    const pages: RowPage[] = [];
    let cursor: string | null = null;
    do {
      const page: RowPage = await test.run.page(table, { ...all, ...query, cursor });
      pages.push(page);
      cursor = page.cursor;
    } while (cursor !== null);
    return pages;
  }

  function sorted(rows: Cell[][], column: Column, direction: 'asc' | 'desc'): Cell[][] {
    const place = columns.findIndex(({ name }) => name === column.name);
    const sign = direction === 'asc' ? 1 : -1;
    return [...rows].sort((left, right) => {
      const [a, b] = [left[place] ?? null, right[place] ?? null];
      if (a === null || b === null) return a === b ? 0 : (a === null ? -1 : 1) * sign;
      return compareCells(column.type, a, b) * sign;
    });
  }

  describe('pages of rows', () => {
    it('show the rows in their order, then where to go on', async () => {
      const rows = manyRows(250);
      const table = await test.table(columns, rows);
      const pages = await allPages(table, {});
      expect(pages.map((page) => page.rows.length)).toEqual([100, 100, 50]);
      expect(pages.flatMap((page) => page.rows)).toEqual(rows);
      expect(pages.map(({ matching, total }) => [matching, total])).toEqual([
        [250, 250],
        [250, 250],
        [250, 250],
      ]);
      expect(pages.flatMap((page) => page.ids)).toEqual(rows.map((_, index) => index + 1));
    });

    it.each(columns)('are sorted by $type both ways, without skipping or repeating a row', async (column) => {
      const rows = manyRows(260);
      const table = await test.table(columns, rows);
      for (const direction of ['asc', 'desc'] as const) {
        const pages = await allPages(table, { limit: 37, sort: { column: column.name, direction } });
        expect(pages.flatMap((page) => page.rows)).toEqual(sorted(rows, column, direction));
      }
    });

    it('find folded text anywhere in any column', async () => {
      const rows = manyRows(200);
      const table = await test.table(columns, rows);
      for (const search of ['Ä', 'a b', 'TRUE', '2024-01', '12.4', '1e+21', 'ss', "o'X", '%', '{"a"', 'ı', 'k', '😀']) {
        const wanted = foldText(search);
        const found = rows.filter((row) =>
          row.some((cell, place) =>
            foldText(canonicalText(columns[place]?.type ?? 'text', cell) ?? '').includes(wanted),
          ),
        );
        const pages = await allPages(table, { search, limit: 30 });
        expect([search, pages.flatMap((page) => page.rows)]).toEqual([search, found]);
        expect(pages.map(({ matching, total }) => [matching, total])).toEqual(pages.map(() => [found.length, 200]));
      }
    });

    it('keep what passes typed filters', async () => {
      const table = await test.table(columnsOf({ n: 'integer', t: 'text' }), [
        [1, 'Äpfel'],
        [10, ''],
        [9, 'birnen'],
        [null, null],
      ]);
      const found = async (column: string, operator: string, value: Cell) =>
        (await test.run.page(table, { ...all, filter: [{ column, operator, value }] })).ids;
      expect(await found('n', 'gt', '9')).toEqual([2]);
      expect(await found('n', 'le', 9)).toEqual([1, 3]);
      expect(await found('n', 'ne', 9)).toEqual([1, 2, 4]);
      expect(await found('n', 'eq', 10)).toEqual([2]);
      expect(await found('n', 'isEmpty', null)).toEqual([4]);
      expect(await found('t', 'isEmpty', null)).toEqual([2, 4]);
      expect(await found('t', 'isNotEmpty', null)).toEqual([1, 3]);
      expect(await found('t', 'contains', 'PFEL')).toEqual([1]);
      expect(await found('t', 'startsWith', 'ä')).toEqual([1]);
      const both = {
        ...all,
        search: 'n',
        filter: [{ column: 'n', operator: 'lt', value: 10 }],
        sort: { column: 't', direction: 'asc' },
      };
      expect((await test.run.page(table, both as RowQuery)).ids).toEqual([3]);
    });

    it('work on selections as on other tables', async () => {
      const rows = manyRows(120);
      const table = await test.table(columns, rows);
      const relation: Relation = {
        op: 'filter',
        input: scan(table),
        where: { op: 'isNotNull', value: { op: 'column', name: 'size' } },
      };
      const selection = await test.run.materialise(owner('a'), relation, { signal: never });
      const kept = rows.filter((row) => row[1] !== null);
      const sort = { column: 'score', direction: 'desc' } as const;
      const pages = await allPages(selection, { sort, limit: 25 });
      expect(pages.flatMap((page) => page.rows)).toEqual(sorted(kept, columns[2] as Column, 'desc'));
    });

    it('name what is wrong with a query', async () => {
      const table = await test.table(columnsOf({ n: 'integer' }), [[1]]);
      const asked = (query: Partial<RowQuery>) => test.run.page(table, { ...all, ...query });
      await expect(asked({ sort: { column: 'x', direction: 'asc' } })).rejects.toMatchObject({
        code: 'COLUMN_UNKNOWN',
      });
      await expect(asked({ filter: [{ column: 'n', operator: 'eq', value: 'much' }] })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      await expect(asked({ filter: [{ column: 'n', operator: 'like', value: 1 }] })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
      for (const cursor of ['nonsense', 'W10', 'e30'])
        await expect(asked({ cursor })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });

  describe('an export', () => {
    it('gives all rows in the order asked for, in batches', async () => {
      const rows = manyRows(2_600);
      const table = await test.table(columns, rows);
      const batches: Cell[][][] = [];
      const sort = { column: 'amount', direction: 'asc' } as const;
      for await (const batch of test.run.export(table, { sort, search: '', filter: [] }, never)) batches.push(batch);
      expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(1_000);
      expect(batches.flat()).toEqual(sorted(rows, columns[3] as Column, 'asc'));
    });

    it('leaves nothing open when nobody wants the rest', async () => {
      const table = await test.table(columns, manyRows(500));
      const query = { sort: null, search: 'a', filter: [] };
      for await (const batch of test.run.export(table, query, never)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      await test.run.drop([table]);
      await test.stores.deleteRun('run');
    });

    it('stops when it is told to', async () => {
      const table = await test.table(columns, manyRows(500));
      const stop = new AbortController();
      const rows = test.run.export(table, { sort: null, search: '', filter: [] }, stop.signal)[Symbol.asyncIterator]();
      await rows.next();
      stop.abort();
      await expect(rows.next()).rejects.toMatchObject({ code: 'STOPPED' });
    });
  });
});
