import { describe, expect, it } from 'vitest';
import { column, type Expr, literal, type Relation, scan, type TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  const identifying = (name: string): Column => ({ name, label: name, type: 'text', identifying: true });
  const plain = (name: string): Column => ({ name, label: name, type: 'text' });
  const people = [identifying('Id'), identifying('Email'), plain('City')];

  const make = (relation: Relation) => test.run.materialise(owner('made'), relation, { signal: never });

  /** What is found, by table, as ids. */
  async function found(tables: TableRef[], value: string): Promise<number[][]> {
    const rows = await test.run.follow(tables, value);
    return tables.map((table) => rows.filter((row) => row.table.id === table.id).map(({ id }) => id));
  }

  const fold = (name: string): Expr => ({ op: 'call', fn: 'email', args: [column(name)] });
  const placed: Column = { name: 'place', label: '', type: 'integer' };

  describe('a record', () => {
    const rows: Cell[][] = [
      ['1', 'Anna@Example.com', 'Paris'],
      ['2', 'bob@example.com', 'Rome'],
      ['3', ' ANNA@example.COM ', 'Oslo'],
      ['4', 'ÄNNA@example.com', 'Oslo'],
      ['5', null, 'Rome'],
    ];

    it('is found by any identifying value, however it is written', async () => {
      const table = await test.table(people, rows);
      expect(await found([table], 'anna@example.com')).toEqual([[1, 3]]);
      expect(await found([table], ' änna@EXAMPLE.com')).toEqual([[4]]);
      expect(await found([table], '2')).toEqual([[2]]);
      expect(await found([table], 'Rome')).toEqual([[]]);
      expect(await found([table], '')).toEqual([[]]);
      const [first] = await test.run.follow([table], '2');
      expect(first).toEqual({ table, id: 2, rid: (await test.rids(table))[1], row: rows[1] });
    });

    it('is followed through selections, sorts, projections without its value, and code', async () => {
      const table = await test.table(people, rows);
      const ranked = await make({ op: 'rank', input: scan(table), partition: [fold('Email')], order: [], as: 'place' });
      const kept = (op: 'eq' | 'gt'): Relation => ({
        op: 'filter',
        input: scan(ranked),
        where: { op, left: column('place'), right: literal(1, 'integer') },
      });
      const [winners, losers] = [await make(kept('eq')), await make(kept('gt'))];
      const cities = await make({
        op: 'project',
        input: scan(winners),
        columns: [{ ...plain('City'), expr: column('City') }],
      });
      const sorted = await make({ op: 'sort', input: scan(cities), order: [{ by: column('City'), direction: 'asc' }] });
      const writer = await test.run.writer(owner('code'), {
        columns: [plain('out')],
        name: 'out',
        resume: false,
        signal: never,
      });
      for (const batch of await test.batches(sorted)) await writer.append(batch.rows, { rids: batch.rids });
      const code = await writer.finish();
      const all = [table, ranked, winners, losers, cities, sorted, code];
      expect(await found(all, '1')).toEqual([[1], [1], [1], [], [1], [2], [2]]);
      expect(await found(all, '3')).toEqual([[3], [3], [], [1], [], [], []]);
    });

    it('is found in what was joined from it, and not in what came before', async () => {
      const table = await test.table(people, rows);
      const orders = await test.table(
        [identifying('OrderId'), plain('Owner')],
        [
          ['o1', '2'],
          ['o2', '1'],
          ['o3', '1'],
        ],
      );
      const joined = await make({
        op: 'join',
        kind: 'left',
        left: scan(table),
        right: scan(orders),
        on: [{ left: column('Id'), right: column('Owner') }],
        columns: [{ from: 'OrderId', as: plain('Order') }],
      });
      expect(await found([table, orders, joined], '1')).toEqual([[1], [], [1, 2]]);
      expect(await found([table, orders, joined], 'o1')).toEqual([[], [1], [3]]);
      const group: Relation = {
        op: 'group',
        input: scan(joined),
        by: [{ ...plain('City'), expr: column('City') }],
        aggregates: [{ ...placed, name: 'n', fn: 'count' }],
      };
      const cities = await make(group);
      expect((await test.rows(cities)).map(([city]) => city)).toEqual(['Paris', 'Rome', 'Oslo']);
      expect(await found([cities], '3')).toEqual([[3]]);
      expect(await found([cities], 'o2')).toEqual([[1]]);
    });

    it('is found in the row of a union that stands for it', async () => {
      const first = await test.table(people, rows.slice(0, 2));
      const second = await test.table(people, [
        ['1', 'other@example.com', 'Bonn'],
        ['9', 'new@example.com', 'Bonn'],
      ]);
      const union = await make({ op: 'set', kind: 'union', inputs: [scan(first), scan(second)], by: ['Id'] });
      expect((await test.rows(union)).map(([id]) => id)).toEqual(['1', '2', '9']);
      expect(await found([first, second, union], 'other@example.com')).toEqual([[], [1], [1]]);
      expect(await found([first, second, union], 'new@example.com')).toEqual([[], [2], [3]]);
    });

    it('is found where local data entered the run', async () => {
      await test.stores.local.ensure('people', people, ['Id']);
      const source = await test.table(people, rows);
      const values = [{ name: 'Email' }, { name: 'City' }];
      await test.stores.local.once(
        { taskId: 'k', attempt: 1 },
        's',
        'run',
        { table: 'people', operation: 'upsert', key: ['Id'], values, source: scan(source) },
        never,
      );
      const entered = await make({ op: 'local', table: 'people', columns: people });
      expect(await found([entered], 'änna@example.com')).toEqual([[4]]);
    });

    it('is found among many batches', async () => {
      const many = Array.from({ length: 7_300 }, (_, index) => [`id${index}`, `mail${index}@example.com`, 'x']);
      const table = await test.table(people, many);
      expect(await found([table], 'MAIL7222@example.com')).toEqual([[7_223]]);
      expect(await found([table], 'id0')).toEqual([[1]]);
    });
  });
});
