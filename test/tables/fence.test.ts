import { expect, it } from 'vitest';
import { scan } from '../../contract/relation.ts';
import { FencedError } from '../../server/tables/types.ts';
import { columnsOf, never, onEachDatabase } from './stores.ts';

const columns = columnsOf({ n: 'integer' });

onEachDatabase((test) => {
  it('takes no write of an attempt that is older than the newest that asked, and gives a newer one what an older one has done', async () => {
    const table = await test.table(columns, [[1], [2]]);
    await test.stores.local.ensure('t', columns, ['n']);
    const write = { table: 't', operation: 'insert' as const, key: ['n'], values: [], source: scan(table) };
    const ask = (attempt: number, step: string) =>
      test.stores.local.once({ taskId: 'k', attempt }, step, 'run', write, never);
    await expect(ask(1, 'first')).resolves.toMatchObject({ inserted: 2 });
    await expect(ask(10, 'first')).resolves.toMatchObject({ inserted: 2 });
    for (const step of ['first', 'second']) await expect(ask(9, step)).rejects.toThrow(FencedError);
    await expect(ask(10, 'second')).resolves.toMatchObject({ unchanged: 2 });
  });

  it('does several writes of one step together or not at all', async () => {
    const { local } = test.stores;
    const source = scan(await test.table(columns, [[1], [2], [3]]));
    await local.ensure('first', columns, ['n']);
    await local.ensure('second', columns, ['n']);
    const write = (table: string) => ({ table, operation: 'upsert' as const, key: ['n'], values: [], source });
    const ask = (also: string) =>
      local.once({ taskId: 'several', attempt: 1 }, 'step', 'run', { ...write('first'), also: [write(also)] }, never);
    const rows = async () => (await local.tables()).map(({ name, rows }) => `${name} ${rows}`);
    await expect(ask('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rows()).toEqual(expect.arrayContaining(['first 0', 'second 0']));
    await expect(ask('second')).resolves.toEqual({ inserted: 3, updated: 0, deleted: 0, unchanged: 0 });
    expect(await rows()).toEqual(expect.arrayContaining(['first 3', 'second 3']));
  });
});
