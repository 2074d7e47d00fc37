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
});
