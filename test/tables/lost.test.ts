import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { column, type Relation, scan, type TableRef } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { SqliteConnection } from '../../server/tables/sqlite/connection.ts';
import { columnsOf, never, onEachDatabase, owner, TestStores } from './stores.ts';

const columns = columnsOf({ n: 'integer', text: 'text' });
const rows = (count: number): Cell[][] => Array.from({ length: count }, (_, n) => [n, `${n} ${'x'.repeat(100)}`]);
const lost = { code: 'WORK_TABLE_LOST' };

/** What somebody does to the rows of the run behind our back. */
async function tamper(test: TestStores, sql: string): Promise<void> {
  const { place } = test;
  if ('url' in place) {
    const client = new pg.Client(place.url);
    await client.connect();
    await client.query(`SET search_path TO "${place.prefix}_run_run"; ${sql}`);
    return client.end();
  }
  const file = await SqliteConnection.open(join(place.folder, 'runs', 'run.sqlite'), { mode: 'rw', cacheKiB: 100 });
  await file.exec(sql);
  await file.close();
}

async function readAll(test: TestStores, table: TableRef): Promise<number> {
  return (await test.rows(table)).length;
}

onEachDatabase((test) => {
  describe('a work table that is not what was recorded', () => {
    it('is refused when rows are missing', async () => {
      const table = await test.table(columns, rows(1_500));
      await tamper(test, 'DELETE FROM w1 WHERE _id > 1200');
      await expect(test.run.verify(table)).rejects.toMatchObject(lost);
      await expect(readAll(test, table)).rejects.toMatchObject(lost);
    });

    it('is refused when the table is gone, or its base, or what was recorded of it', async () => {
      const table = await test.table(columns, rows(10));
      const selected: Relation = { op: 'filter', input: scan(table), where: { op: 'isNotNull', value: column('n') } };
      const selection = await test.run.materialise(owner('a'), selected, { signal: never });
      const other = await test.table(columns, rows(10));
      await tamper(test, 'DELETE FROM _outputs WHERE no = 3');
      await expect(test.run.verify(other)).rejects.toMatchObject(lost);
      await expect(readAll(test, other)).rejects.toMatchObject(lost);
      await tamper(test, 'DROP TABLE w1');
      for (const gone of [table, selection]) {
        await expect(test.run.verify(gone)).rejects.toMatchObject(lost);
        await expect(readAll(test, gone)).rejects.toMatchObject(lost);
      }
      await expect(test.run.count(scan(table), never)).rejects.toMatchObject(lost);
    });

    it('is refused when fewer or more rows were recorded than the transition says', async () => {
      const table = await test.table(columns, rows(10));
      await expect(test.run.verify({ ...table, count: 9 })).rejects.toMatchObject(lost);
      await expect(test.run.verify({ ...table, count: 11 })).rejects.toMatchObject(lost);
    });
  });

  describe('the store of a run', () => {
    it('is gone with all its space when the run is deleted, and stays gone', async () => {
      const table = await test.table(columns, rows(5_000));
      const late = await test.run.writer(owner('late'), { columns, name: 'out', resume: false, signal: never });
      expect(await test.run.bytes()).toBeGreaterThan(400_000);
      await test.stores.deleteRun('run');
      expect(await test.run.bytes()).toBe(0);
      await expect(test.run.verify(table)).rejects.toMatchObject(lost);
      await expect(late.append(rows(1))).rejects.toMatchObject(lost);
      const begun = test.run.writer(owner('b'), { columns, name: 'out', resume: false, signal: never });
      await expect(begun).rejects.toMatchObject(lost);
      expect(await test.run.bytes()).toBe(0);
      await test.stores.deleteRun('run');
    });

    it('does not come into being by looking, sweeping or dropping', async () => {
      const table: TableRef = { store: 'run', id: 'w1', columns, count: 1 };
      await expect(test.run.verify(table)).rejects.toMatchObject(lost);
      await test.run.sweep('nobody', []);
      await test.run.drop([table]);
      expect(await test.run.bytes()).toBe(0);
    });

    it('is refused when a newer program made it', async () => {
      await test.table(columns, rows(1));
      await tamper(test, 'UPDATE _store SET format = 99');
      await test.reopen();
      const begun = test.run.writer(owner('b'), { columns, name: 'out', resume: false, signal: never });
      await expect(begun).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
    });
  });

  describe('a long statement', () => {
    it('ends soon after it is stopped, and leaves nothing behind', async () => {
      const table = await test.table(columns, rows(4_000));
      const pairs: Relation = {
        op: 'join',
        kind: 'inner',
        left: scan(table),
        right: scan(table),
        on: [],
        columns: [{ from: 'text', as: { name: 'other', label: '', type: 'text' } }],
      };
      const stop = new AbortController();
      const made = test.run.materialise(owner('long'), pairs, { signal: stop.signal });
      const begun = performance.now();
      setImmediate(() => stop.abort());
      await expect(made).rejects.toMatchObject({ code: 'STOPPED' });
      expect(performance.now() - begun).toBeLessThan(5_000);
      expect(await test.run.count(scan(table), never)).toBe(4_000);
      const next = await test.run.materialise(owner('long'), scan(table), { signal: never });
      expect(await readAll(test, next)).toBe(4_000);
    });

    it('that fails takes along what it had learnt: the next one finds every folded value again', async () => {
      const texts = columnsOf({ text: 'text', n: 'integer' });
      const most = '9223372036854775807';
      const table = await test.table(texts, [
        ['Ä', most],
        ['ä', most],
        ['Ö', 1],
      ]);
      const folded: Relation = {
        op: 'group',
        input: scan(table),
        by: [{ name: 'key', label: '', type: 'text', expr: { op: 'call', fn: 'fold', args: [column('text')] } }],
        aggregates: [{ name: 'sum', label: '', type: 'integer', fn: 'sum', of: column('n') }],
      };
      const failing = test.run.materialise(owner('a'), folded, { signal: never });
      await expect(failing).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
      const counted: Relation = { ...folded, aggregates: [{ name: 'n', label: '', type: 'integer', fn: 'count' }] };
      const made = await test.run.materialise(owner('a'), counted, { signal: never });
      expect(await test.rows(made)).toEqual([
        ['ä', 2],
        ['ö', 1],
      ]);
    });
  });

  describe('the stores of another process', () => {
    it('see what was finished, and are refused where a later attempt has taken over', async () => {
      const other = test.another('read');
      const table = await test.table(columns, rows(3));
      expect(await test.rows(table, other.run('run'))).toEqual(rows(3));
      const begun = other.run('run').writer(owner('a'), { columns, name: 'out', resume: false, signal: never });
      await expect(begun).rejects.toThrow('reading only');
      await other.close();
    });
  });
});

describe('the file of a run', () => {
  const test = new TestStores('sqlite');

  it('that somebody removed is lost, even if it was open', async () => {
    const table = await test.table(columns, rows(3));
    rmSync(join(test.folder, 'runs', 'run.sqlite'));
    await expect(test.run.verify(table)).rejects.toMatchObject(lost);
  });
});
