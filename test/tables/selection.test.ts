import { describe, expect, it } from 'vitest';
import { column, literal, type Relation, rowId, scan, type TableRef } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { columnsOf, never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  const columns = columnsOf({ n: 'integer', text: 'text' });
  const rows = (count: number): Cell[][] => Array.from({ length: count }, (_, n) => [n, `${n} ${'x'.repeat(800)}`]);

  const make = (relation: Relation, task = 'made', name?: string) =>
    test.run.materialise(owner(task), relation, { signal: never, ...(name ? { name } : {}) });
  const below = (table: TableRef, limit: number): Relation => ({
    op: 'filter',
    input: scan(table),
    where: { op: 'lt', left: column('n'), right: literal(limit, 'integer') },
  });

  describe('a selection', () => {
    it('of a selection of a selection reads like a copy, and takes a fraction of its space', async () => {
      const table = await test.table(columns, rows(20_000));
      const size = await test.run.bytes();
      const first = await make({
        op: 'sort',
        input: below(table, 15_000),
        order: [{ by: column('n'), direction: 'desc' }],
      });
      const second = await make({ op: 'rank', input: below(first, 12_000), partition: [], order: [], as: 'place' });
      const third = await make({
        op: 'join',
        kind: 'semi',
        left: scan(second),
        right: below(table, 9_000),
        on: [{ left: column('n'), right: column('n') }],
      });
      const read = await test.rows(third);
      expect(read).toHaveLength(9_000);
      expect(read[0]).toEqual([8_999, `8999 ${'x'.repeat(800)}`, 3_001]);
      expect(read.at(-1)).toEqual([0, `0 ${'x'.repeat(800)}`, 12_000]);
      expect((await test.run.bytes()) - size).toBeLessThan(size / 3);
      const rids = await test.rids(table);
      expect(await test.rids(third)).toEqual(rids.slice(0, 9_000).reverse());
    });

    it('numbers its rows from 1 without gaps, so that batches can be cut out of it', async () => {
      const table = await test.table(columns, rows(50));
      const odd = await make({
        op: 'filter',
        input: scan(table),
        where: { op: 'in', value: column('n'), list: [5, 17, 40], type: 'integer' },
      });
      const cut = await make({
        op: 'project',
        input: { op: 'scan', table: odd, from: 1, to: 3 },
        columns: [{ name: 'id', label: '', type: 'integer', expr: rowId }],
      });
      expect(await test.rows(cut)).toEqual([[2], [3]]);
    });

    it('outlives the table it points to', async () => {
      const table = await test.table(columns, rows(10));
      const kept = await make(below(table, 3));
      await test.run.drop([table]);
      await expect(test.run.verify(table)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
      await test.run.verify(kept);
      expect(await test.rows(kept)).toEqual(rows(3));
      const again = await make(below(kept, 2));
      await test.run.drop([kept]);
      expect(await test.rows(again)).toEqual(rows(2));
    });
  });

  describe('what is not needed any more', () => {
    it('gives its space back when it is dropped', async () => {
      const table = await test.table(columns, rows(20_000));
      const copy = await make({ op: 'set', kind: 'unionAll', inputs: [scan(table), scan(table)], by: [] });
      const size = await test.run.bytes();
      await test.run.drop([copy, table]);
      expect(await test.run.bytes()).toBeLessThan(size / 10);
    });

    it('of an ended task is swept, what it returned and what that points to stays', async () => {
      const table = await test.table(columns, rows(10));
      const base = await make({ op: 'set', kind: 'unionAll', inputs: [scan(table)], by: [] }, 'task', 'base');
      const kept = await make(below(base, 4), 'task');
      const lost = await make(below(base, 5), 'task');
      const other = await make(below(table, 6), 'other');
      await test.run.sweep('task', [kept]);
      expect(await test.rows(kept)).toEqual(rows(4));
      await test.run.verify(other);
      for (const gone of [base, lost])
        await expect(test.run.verify(gone)).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
    });

    it('can be dropped twice, and with tables that were never there', async () => {
      const table = await test.table(columns, rows(3));
      await test.run.drop([table, { ...table, id: 'w999' }, { ...table, id: 'nonsense' }]);
      await test.run.drop([table]);
      await test.run.sweep('nobody', []);
    });
  });
});
