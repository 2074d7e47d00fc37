import { describe, expect, it } from 'vitest';
import { scan } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { FencedError } from '../../server/tables/types.ts';
import { columnsOf, never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  const columns = columnsOf({ n: 'integer' });
  const options = { columns, name: 'out', resume: false, signal: never };
  const numbers = (from: number, count: number): Cell[][] =>
    Array.from({ length: count }, (_, index) => [from + index]);

  describe('a writer', () => {
    it('gives back the rows in the order they came, numbered from 1 without gaps', async () => {
      const writer = await test.run.writer(owner('a'), options);
      await writer.append(numbers(0, 2_500));
      await writer.append(numbers(2_500, 3));
      const table = await writer.finish();
      expect(table.count).toBe(2_503);
      const batches = await test.batches(table);
      expect(batches.map(({ ids }) => ids.length)).toEqual([1_000, 1_000, 503]);
      expect(batches.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 2_503 }, (_, index) => index + 1));
      expect(await test.rows(table)).toEqual(numbers(0, 2_503));
    });

    it('keeps the identities it is given and makes new ones where it is given none', async () => {
      const source = await test.table(columns, numbers(1, 2));
      const rids = await test.rids(source);
      const writer = await test.run.writer(owner('a'), options);
      await writer.append(numbers(7, 1));
      await writer.append(numbers(8, 2), { rids });
      const [own, ...given] = await test.rids(await writer.finish());
      expect(given).toEqual(rids);
      expect(rids).not.toContain(own);
    });

    it('goes on behind the position of an earlier attempt', async () => {
      const first = await test.run.writer(owner('a', 1), { ...options, resume: true });
      expect([first.position, first.count]).toEqual([null, 0]);
      await first.append(numbers(0, 5), { position: { page: 1 } });
      const second = await test.run.writer(owner('a', 2), { ...options, resume: true });
      expect([second.position, second.count]).toEqual([{ page: 1 }, 5]);
      await second.append(numbers(5, 5), { position: { page: 2 } });
      const table = await second.finish();
      expect(await test.rows(table)).toEqual(numbers(0, 10));
    });

    it('gives a later attempt a finished table as it was, to which it may add', async () => {
      const first = await test.run.writer(owner('a', 1), { ...options, resume: true });
      await first.append(numbers(0, 2), { position: 'end' });
      const table = await first.finish();
      const second = await test.run.writer(owner('a', 2), { ...options, resume: true });
      expect([second.position, second.count]).toEqual(['end', 2]);
      expect(await second.finish()).toEqual(table);
      await second.append(numbers(2, 1));
      expect(await test.rows(await second.finish())).toEqual(numbers(0, 3));
    });

    it('begins anew without resume, or when the columns are others', async () => {
      const first = await test.run.writer(owner('a', 1), { ...options, resume: true });
      await first.append(numbers(0, 5), { position: 5 });
      const second = await test.run.writer(owner('a', 2), options);
      expect([second.position, second.count]).toEqual([null, 0]);
      const other = await test.run.writer(owner('a', 3), {
        ...options,
        columns: columnsOf({ t: 'text' }),
        resume: true,
      });
      expect([other.position, other.count]).toEqual([null, 0]);
    });

    it('goes on where it must, or refuses: what other columns hold is never begun anew', async () => {
      const must = { ...options, resume: 'must' } as const;
      const first = await test.run.writer(owner('a', 1), must);
      await first.append(numbers(0, 5), { position: 5 });
      const other = test.run.writer(owner('a', 2), { ...must, columns: columnsOf({ t: 'text' }) });
      await expect(other).rejects.toMatchObject({
        code: 'WORK_TABLE_LOST',
        details: { table: 'out', reason: 'it was begun with other columns' },
      });
      const second = await test.run.writer(owner('a', 2), must);
      expect([second.position, second.count]).toEqual([5, 5]);
    });

    it('refuses an attempt that was overtaken, and what it tried changes nothing', async () => {
      const first = await test.run.writer(owner('a', 1), { ...options, resume: true });
      await first.append(numbers(0, 5), { position: 1 });
      const second = await test.run.writer(owner('a', 2), { ...options, resume: true });
      await expect(first.append(numbers(90, 5), { position: 9 })).rejects.toBeInstanceOf(FencedError);
      await expect(first.finish()).rejects.toBeInstanceOf(FencedError);
      await expect(test.run.writer(owner('a', 1), { ...options, name: 'more' })).rejects.toBeInstanceOf(FencedError);
      await second.append(numbers(5, 5), { position: 2 });
      expect(await test.rows(await second.finish())).toEqual(numbers(0, 10));
    });

    it('refuses the tables of an attempt that was overtaken by a table of another name', async () => {
      const source = await test.table(columns, numbers(0, 3));
      await test.run.materialise(owner('a', 2), scan(source), { signal: never });
      const late = test.run.materialise(owner('a', 1), scan(source), { signal: never });
      await expect(late).rejects.toBeInstanceOf(FencedError);
    });

    it('takes appends that are not waited for, one after the other', async () => {
      const writer = await test.run.writer(owner('a'), options);
      await Promise.all([0, 10, 20].map((from) => writer.append(numbers(from, 10))));
      expect(await test.rows(await writer.finish())).toEqual(numbers(0, 30));
    });

    it('may be the first of its run together with others', async () => {
      for (let turn = 0; turn < 5; turn += 1) {
        const run = test.stores.run(`together${turn}`);
        const began = Array.from({ length: 6 }, async (_, index) => {
          // Each comes a little later, while the first still makes the store.
          for (let wait = 0; wait < index * 3; wait += 1) await new Promise((resolve) => setImmediate(resolve));
          const writer = await run.writer(owner(`task${index}`), options);
          await writer.append(numbers(index, 1));
          return writer.finish();
        });
        const tables = await Promise.all(began);
        for (const [index, table] of tables.entries()) expect(await test.rows(table, run)).toEqual(numbers(index, 1));
      }
    });

    it('names the column whose cell has another type', async () => {
      const writer = await test.run.writer(owner('a'), { ...options, columns: columnsOf({ 'Account.Name': 'date' }) });
      await expect(writer.append([['2024-01-31'], [7]])).rejects.toMatchObject({
        code: 'TYPE_MISMATCH',
        details: { column: 'Account.Name' },
      });
      expect((await writer.finish()).count).toBe(0);
    });

    it('refuses two tables of one name in one attempt, and two columns of one name', async () => {
      await test.run.writer(owner('a'), options);
      await expect(test.run.writer(owner('a'), options)).rejects.toThrow('two tables named "out"');
      const twice = [...columns, ...columns];
      await expect(test.run.writer(owner('b'), { ...options, columns: twice })).rejects.toThrow(
        'two columns named "n"',
      );
    });

    it('stops with the reason of its signal', async () => {
      const stop = new AbortController();
      const writer = await test.run.writer(owner('a'), { ...options, signal: stop.signal });
      stop.abort();
      await expect(writer.append(numbers(0, 1))).rejects.toMatchObject({ code: 'STOPPED' });
      const late = new AbortController();
      const other = await test.run.writer(owner('b'), { ...options, signal: late.signal });
      late.abort(new Error('the node ran too long'));
      await expect(other.finish()).rejects.toThrow('the node ran too long');
    });
  });

  describe('a named table', () => {
    it('is found again by later attempts and is not evaluated again', async () => {
      const source = await test.table(columns, numbers(0, 3));
      const first = await test.run.materialise(owner('a', 1), scan(source), { name: 'plan', signal: never });
      const other = await test.table(columns, numbers(7, 1));
      const second = await test.run.materialise(owner('a', 2), scan(other), { name: 'plan', signal: never });
      expect(second).toEqual(first);
      expect(await test.rows(second)).toEqual(numbers(0, 3));
    });

    it('belongs to its task', async () => {
      const source = await test.table(columns, numbers(0, 3));
      const first = await test.run.materialise(owner('a'), scan(source), { name: 'plan', signal: never });
      const second = await test.run.materialise(owner('b'), scan(source), { name: 'plan', signal: never });
      expect(second.id).not.toBe(first.id);
    });
  });
});
