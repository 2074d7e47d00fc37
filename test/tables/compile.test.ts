import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { type Cell, type Column, canonicalJson } from '../../contract/types.ts';
import type { Row } from './evaluate/expression.ts';
import { Overflow } from './evaluate/group.ts';
import { evaluate, type World } from './evaluate/relation.ts';
import { type Draw, drawColumns, drawRows, RelationDraw } from './random.ts';
import { never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  interface LocalTable {
    name: string;
    columns: Column[];
    rows: Cell[][];
  }

  /** The same rows in the stores and in JavaScript. */
  async function makeWorld(g: Draw, run: string, suffix: string) {
    const tables = new Map<string, Row[]>();
    const refs: TableRef[] = [];
    for (let index = 0; index < 2; index += 1) {
      const columns = drawColumns(g, 4);
      const rows = drawRows(g, columns, 12);
      const ref = await test.table(columns, rows, test.stores.run(run));
      const rids = await test.rids(ref, test.stores.run(run));
      tables.set(
        ref.id,
        rows.map((cells, place) => ({ id: place + 1, rid: rids[place] ?? null, cells })),
      );
      refs.push(ref);
    }
    const local = await makeLocal(g, run, suffix);
    const world: World = {
      table: (ref) => tables.get(ref.id) ?? [],
      local: (name) => (name === local.name ? local : undefined),
    };
    const missing = { name: 'missing', columns: drawColumns(g, 2) };
    return { world, leaves: { tables: refs, locals: [local, missing] }, tables };
  }

  async function makeLocal(g: Draw, run: string, suffix: string): Promise<LocalTable> {
    const key: Column = { name: 'key', label: '', type: 'integer' };
    const columns = [key, ...drawColumns(g, 2)];
    const rows = drawRows(g, columns, 6).map((row, index) => [index, ...row.slice(1)]);
    const name = `local ${suffix}`;
    await test.stores.local.ensure(name, columns, ['key']);
    const source = { op: 'scan', table: await test.table(columns, rows, test.stores.run(run)) } as const;
    const values = columns.slice(1).map((column) => ({ name: column.name }));
    await test.stores.local.once(
      { taskId: name, attempt: 1 },
      'fill',
      run,
      { table: name, operation: 'insert', key: ['key'], values, source },
      never,
    );
    return { name, columns, rows };
  }

  const shown = (rows: Cell[][]) => rows.map((row) => canonicalJson(row));

  const worldsPerRun = 20;
  const relationsPerWorld = 4;
  let worlds = 0;

  /** What a relation made (a selection, or a table of its own) is read by the next ones. */
  async function compareSome(g: Draw, depth: number): Promise<void> {
    const runId = `run${Math.floor(worlds / worldsPerRun)}`;
    worlds += 1;
    const run = test.stores.run(runId);
    const { world, leaves, tables } = await makeWorld(g, runId, `${worlds}`);
    for (let index = 0; index < relationsPerWorld; index += 1) {
      const table = await compareOne(world, new RelationDraw(g, leaves, `/${index}`).relation(depth), runId);
      if (!table) continue;
      const [cells, rids] = [await test.rows(table, run), await test.rids(table, run)];
      tables.set(
        table.id,
        cells.map((row, place) => ({ id: place + 1, rid: rids[place] ?? null, cells: row })),
      );
      leaves.tables.push(table);
    }
  }

  /** Gives the table made, or null if there must be none. */
  async function compareOne(world: World, relation: Relation, runId: string): Promise<TableRef | null> {
    const run = test.stores.run(runId);
    let expected: Row[];
    try {
      expected = evaluate(world, relation);
    } catch (error) {
      if (error instanceof Overflow) return null;
      throw error;
    }
    const table = await run.materialise(owner('made'), relation, { signal: never });
    expect(shown(await test.rows(table, run))).toEqual(shown(expected.map(({ cells }) => cells)));
    expect(table.count).toBe(expected.length);
    const rids = await test.rids(table, run);
    for (const [index, { rid }] of expected.entries()) if (rid !== null) expect(rids[index]).toBe(rid);
    expect(await run.count(relation, never)).toBe(expected.length);
    await run.verify(table);
    return table;
  }

  describe('the relation compiler', () => {
    const limits = { endOnFailure: true, numRuns: 25 };

    it('gives the rows that JavaScript gives, in the same order, operation by operation', async () => {
      await fc.assert(
        fc.asyncProperty(fc.gen(), (g) => compareSome(g, 1)),
        limits,
      );
    });

    it('gives the rows that JavaScript gives, in the same order, however operations nest', async () => {
      await fc.assert(
        fc.asyncProperty(fc.gen(), (g) => compareSome(g, 3)),
        limits,
      );
    });
  });
});
