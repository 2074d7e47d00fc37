import { describe, expect, it } from 'vitest';
import type { LocalWriteResult } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { openStores } from '../../server/tables/stores.ts';
import { startPostgres } from '../harness/postgres.ts';
import { insertPages, killAfter, pageOf, pages, rowsPerPage, writePages } from './interrupted.ts';
import { columnsOf, onEachDatabase } from './stores.ts';

/** After how many pages each of three processes is killed: together before the last one, however late the kills come. */
const kills = [4, 11, 15];
const allRows = (): Cell[][] => Array.from({ length: pages }, (_, page) => pageOf(page)).flat();
const quiet = () => undefined;

onEachDatabase((test) => {
  describe('a process that is killed', () => {
    it('while it writes a table leaves rows and position that belong together: the next attempt misses and repeats nothing', async () => {
      for (const [index, count] of kills.entries()) await killAfter(count, 'writePages', [test.place, index + 1]);
      const written: number[] = [];
      const table = await writePages(test.place, kills.length + 1, (page) => written.push(page));
      expect(written.length).toBeLessThanOrEqual(pages - kills.length);
      expect(table.count).toBe(pages * rowsPerPage);
      expect(await test.rows(table)).toEqual(allRows());
      await test.run.verify(table);
      const found = await test.run.follow([table], 'MAIL7@example.com');
      expect(found.map(({ id }) => id)).toEqual(Array.from({ length: pages }, (_, page) => page * rowsPerPage + 8));
    });

    it('while it writes local data has applied each step once or not at all, and repeated it gives the first result', async () => {
      const table = await writePages(test.place, 1, quiet);
      await test.stores.local.ensure('mails', columnsOf({ n: 'integer', mail: 'text' }), ['n']);
      for (const count of kills) await killAfter(count, 'insertPages', [test.place, table]);
      const first: LocalWriteResult = { inserted: rowsPerPage, updated: 0, deleted: 0, unchanged: 0 };
      expect(await insertPages(test.place, table, quiet)).toEqual(Array.from({ length: pages }, () => first));
      expect(await test.stores.local.tables()).toMatchObject([{ name: 'mails', rows: pages * rowsPerPage }]);
      const entered = { op: 'local', table: 'mails', columns: table.columns } as const;
      const copy = await test.run.materialise({ taskId: 'copy', attempt: 1 }, entered, {
        signal: new AbortController().signal,
      });
      expect(await test.rows(copy)).toEqual(allRows());
    });
  });
});

describe('a server that is killed', () => {
  it('ends the attempt for now, and the next one goes on from what it still has', async () => {
    const server = await startPostgres({ fsync: true });
    const place = { url: server.url, prefix: 'killed' };
    let killed: Promise<void> | undefined;
    const first = writePages(place, 1, (page) => {
      if (page === 20) killed = server.kill();
    });
    await expect(first).rejects.toMatchObject({ name: 'RetryLater', code: 'REMOTE_UNREACHABLE' });
    await killed;
    await expect(writePages(place, 2, quiet)).rejects.toMatchObject({ name: 'RetryLater' });
    await server.start();
    const written: number[] = [];
    const table = await writePages(place, 3, (page) => written.push(page));
    expect(written).toEqual(Array.from({ length: written.length }, (_, index) => pages - written.length + index));
    const stores = openStores({ ...place, mode: 'read' });
    const read: Cell[][] = [];
    for await (const batch of stores.run('run').read(table, {})) read.push(...batch.rows);
    expect(read).toEqual(allRows());
    await stores.close();
    await server.stop();
  });
});
