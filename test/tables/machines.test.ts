import { describe, expect, it } from 'vitest';
import { scan } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { columnsOf, never, owner, TestStores } from './stores.ts';

const columns = columnsOf({ n: 'integer', text: 'text' });
const rows = (count: number): Cell[][] => Array.from({ length: count }, (_, n) => [n, `${n}`]);

/** Only a database that several processes write to at the same time knows this. */
describe('several machines', () => {
  const test = new TestStores('postgres');

  it('write to one run at the same time, each its own tables', async () => {
    const machines = Array.from({ length: 4 }, () => test.another());
    const tables = await Promise.all(
      machines.map(async (machine, index) => {
        const run = machine.run('run');
        const options = { columns, name: 'out', resume: false, signal: never };
        const writer = await run.writer(owner(`task${index}`), options);
        for (let batch = 0; batch < 5; batch += 1) await writer.append(rows(100));
        const table = await writer.finish();
        const kept = await run.materialise(owner(`task${index}`), scan(table), { signal: never });
        await run.sweep(`task${index}`, [kept]);
        return kept;
      }),
    );
    expect(new Set(tables.map(({ id }) => id)).size).toBe(4);
    for (const table of tables) expect(await test.rows(table)).toHaveLength(500);
    await Promise.all(machines.map((machine) => machine.close()));
  });

  it('do not bring a deleted run back, and finish a deletion that was cut off', async () => {
    const other = test.another();
    const table = await test.table(columns, rows(3));
    expect(await test.rows(table)).toHaveLength(3);
    await other.deleteRun('run');
    await other.close();
    await test.reopen();
    const begun = test.run.writer(owner('late'), { columns, name: 'out', resume: false, signal: never });
    await expect(begun).rejects.toMatchObject({ code: 'WORK_TABLE_LOST' });
  });

  it('apply a step once, whoever comes first', async () => {
    const table = await test.table(columns, rows(50));
    await test.stores.local.ensure('t', columns, ['n']);
    const machines = Array.from({ length: 4 }, () => test.another());
    const write = {
      table: 't',
      operation: 'insert' as const,
      key: ['n'],
      values: [{ name: 'text' }],
      source: scan(table),
    };
    const results = await Promise.all(machines.map(({ local }) => local.once(owner('k'), 's', 'run', write, never)));
    expect(results).toEqual(machines.map(() => ({ inserted: 50, updated: 0, deleted: 0, unchanged: 0 })));
    await Promise.all(machines.map((machine) => machine.close()));
  });
});
