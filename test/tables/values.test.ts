import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { column, type Relation, scan } from '../../contract/relation.ts';
import { type Cell, type ColumnType, toCell } from '../../contract/types.ts';
import { columnsOf, never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  async function roundTrip(type: ColumnType, cells: Cell[]): Promise<Cell[]> {
    const table = await test.table(
      columnsOf({ value: type }),
      cells.map((cell) => [cell]),
    );
    return (await test.rows(table)).map(([cell]) => cell ?? null);
  }

  const bits = new BigUint64Array(1);
  const doubles = new Float64Array(bits.buffer);
  function doubleOf(pattern: bigint): number {
    bits[0] = pattern;
    return doubles[0] ?? 0;
  }

  describe('cells come back as they were', () => {
    it('all doubles, by random bits', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 2_000, maxLength: 2_000 }),
          async (patterns) => {
            const cells = patterns
              .map(doubleOf)
              .filter(Number.isFinite)
              .map((x) => x + 0);
            expect(await roundTrip('number', cells)).toEqual(cells);
          },
        ),
        { numRuns: 10, endOnFailure: true },
      );
    });

    it('doubles at the edges, amounts of money, and numbers of every size', async () => {
      const edges = [
        0,
        5e-324,
        2.2250738585072014e-308,
        2.225073858507201e-308,
        1.7976931348623157e308,
        2 ** 53,
        2 ** 63,
        1e21,
        0.1,
        1 / 3,
      ];
      const money = Array.from({ length: 2_000 }, (_, index) => (index * 7_919) / 100);
      const sizes = Array.from({ length: 600 }, (_, index) => 1.2345678901234567 * 10 ** (index - 300));
      const cells = [...edges, ...money, ...sizes].flatMap((x) => [x, 0 - x + 0]);
      expect(await roundTrip('number', cells)).toEqual(cells);
    });

    it('whole numbers of 64 bits', async () => {
      const far = ['9223372036854775807', '-9223372036854775808', '9007199254740992', '-9007199254740993'];
      const cells = [0, -1, 2 ** 53 - 1, 1 - 2 ** 53, 4_294_967_296, ...far, null];
      expect(await roundTrip('integer', cells)).toEqual(cells);
    });

    it('decimals of a thousand digits, days, instants, truth and nothing', async () => {
      const long = `-${'9'.repeat(600)}.${'1'.repeat(399)}`;
      expect(await roundTrip('decimal', ['0', '-12.5', long, null])).toEqual(['0', '-12.5', long, null]);
      expect(await roundTrip('date', ['0001-01-01', '9999-12-31'])).toEqual(['0001-01-01', '9999-12-31']);
      expect(await roundTrip('datetime', ['2024-01-31T23:30:00.000Z'])).toEqual(['2024-01-31T23:30:00.000Z']);
      expect(await roundTrip('boolean', [true, false, null])).toEqual([true, false, null]);
    });

    it('text of every kind', async () => {
      const cells = [
        '',
        ' ',
        "o'x",
        '"',
        '\\',
        '\\u0000',
        '%_*?[',
        '😀 ﬁ ä a\u0308',
        '\u2028\r\n\t',
        'x'.repeat(300_000),
      ];
      expect(await roundTrip('text', cells)).toEqual(cells);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 200, maxLength: 400 }),
          async (texts) => {
            const clean = texts.map((text) => toCell('text', text)).map((cell) => (cell.ok ? cell.value : null));
            expect(await roundTrip('text', clean)).toEqual(clean);
          },
        ),
        { numRuns: 5, endOnFailure: true },
      );
    });

    it('text that no database can hold is cleaned as where text enters', async () => {
      const cells = await roundTrip('text', ['a\0b', 'lone \ud83d surrogate', '\udc00', 'fine']);
      expect(cells).toEqual(['ab', 'lone \ufffd surrogate', '\ufffd', 'fine']);
    });

    it('json, with sorted keys', async () => {
      const deep = Array.from({ length: 1_500 }).reduce<Cell>((inner) => [inner], 'x');
      const cells: Cell[] = [{ b: [1, { c: null }], a: '\0' }, 'text', 12.5, true, [], {}, deep, null];
      expect(await roundTrip('json', cells)).toEqual(cells);
    });
  });

  describe('wide tables', () => {
    const names = Array.from({ length: 2_000 }, (_, index) => `Spalte.${index}`);
    const kinds: ColumnType[] = ['text', 'number', 'integer', 'boolean'];
    const columns = names.map((name, index) => ({ name, label: '', type: kinds[index % 4] ?? 'text' }));
    const row = (seed: number): Cell[] =>
      columns.map(
        (_, index) => [`t${seed * index}`, seed + index / 3, seed * index, (seed + index) % 2 === 0][index % 4] ?? null,
      );
    const rows = [row(1), row(2), row(3), names.map(() => null)];

    it('of 2,000 columns are written, read in part, filtered and searched', async () => {
      const table = await test.table(columns, rows);
      expect(await test.rows(table)).toEqual(rows);
      const wanted = ['Spalte.1999', 'Spalte.1', 'Spalte.1000'];
      for await (const batch of test.run.read(table, { columns: wanted }))
        expect(batch.rows[0]).toEqual([row(1)[1999], row(1)[1], row(1)[1000]]);
      const sort = { column: 'Spalte.1998', direction: 'desc' } as const;
      const page = await test.run.page(table, { limit: 1, cursor: null, sort, filter: [], search: `t${3 * 1996}` });
      expect([page.matching, page.rows]).toEqual([1, [row(3)]]);
    });

    it('of 2,000 columns come out of relations, as selections and as copies', async () => {
      const table = await test.table(columns, rows);
      const order = [{ by: column('Spalte.2'), direction: 'desc', nulls: 'last' } as const];
      const relation: Relation = { op: 'limit', count: 2, input: { op: 'sort', input: scan(table), order } };
      const selected = await test.run.materialise(owner('a'), relation, { signal: never });
      expect(await test.rows(selected)).toEqual([row(3), row(2)]);
      const all: Relation = { op: 'set', kind: 'unionAll', inputs: [scan(selected), scan(table)], by: [] };
      const copied = await test.run.materialise(owner('a'), all, { signal: never });
      expect(await test.rows(copied)).toEqual([row(3), row(2), ...rows]);
      await test.run.verify(copied);
    });
  });
});
