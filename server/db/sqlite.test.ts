import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { openControl } from './control.ts';
import { lockFolder } from './folderLock.ts';
import type { Migration } from './migrate.ts';
import { findMigrations } from './migrate.ts';
import type { Db } from './transaction.ts';

const clock = systemClock;
let folder: string;
const opened: Db[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-db-'));
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: { migrations?: readonly Migration[] } = {}): Promise<Db> {
  const db = await openControl(folder, { clock, ...options });
  opened.push(db);
  return db;
}

const later: Migration = {
  name: '9000_later',
  up: async (tx) => {
    await tx.schema.createTable('later', (t) => void t.text('name').primary());
  },
};

describe('the file of the control store', () => {
  it('keeps nobody out when two open it at the same time for the first time', async () => {
    for (let round = 0; round < 40; round += 1) {
      const place = join(folder, `new-${round}`);
      const all = await Promise.all([1, 2].map(() => openControl(place, { clock })));
      await Promise.all(all.map((db) => db.destroy()));
    }
  });

  it('survives the power: every commit reaches the disk', async () => {
    const db = await open();
    expect(await db.raw('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await db.raw('pragma synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await db.raw('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }]);
  });

  it('names a folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const opening = openControl(join(folder, 'file', 'data'), { clock });
    await expect(opening).rejects.toMatchObject({ code: 'DATA_FOLDER_READ_ONLY' });
  });

  it('is copied before a newer program changes it, once', async () => {
    const backups = async () => (await readdir(folder)).filter((file) => file.endsWith('.backup'));
    const known = await findMigrations();
    await open({ migrations: known });
    expect(await backups()).toEqual([]);
    await open({ migrations: [...known, later] });
    await open({ migrations: [...known, later] });
    expect(await backups()).toHaveLength(1);
  });

  it('is not opened when it is no database, and stays as it is', async () => {
    const file = join(folder, 'control.sqlite');
    await writeFile(file, 'this is a letter, not a database. '.repeat(500));
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_DAMAGED', details: { file } });
    expect(await readFile(file, 'utf8')).toContain('this is a letter');
  });

  it('is not brought up to date when its pages are damaged', async () => {
    const known = await findMigrations();
    const db = await open({ migrations: known });
    for (let index = 0; index < 200; index += 1)
      await db('settings').insert({ name: `setting${index}`, value: 'x'.repeat(100) });
    await db.raw('pragma wal_checkpoint(truncate)');
    await opened.pop()?.destroy();
    const file = join(folder, 'control.sqlite');
    const bytes = await readFile(file);
    // The last page of the tables, whose cells then lead nowhere.
    bytes.fill(0xee, bytes.length - 4_096);
    await writeFile(file, bytes);
    await expect(open({ migrations: [...known, later] })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
  });
});

describe('the lock of a data folder', () => {
  it('is held by one at a time, and says by whom', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'DATA_FOLDER_BUSY',
      details: { pid: String(process.pid) },
    });
    await lock.release();
    const again = await lockFolder(folder);
    await again.release();
  });

  it('goes with its process, however that ends', async () => {
    const program = `
      import { lockFolder } from ${JSON.stringify(new URL('./folderLock.ts', import.meta.url).href)};
      await lockFolder(${JSON.stringify(folder)});
      process.kill(process.pid, 'SIGKILL');`;
    const dying = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    await expect(dying).rejects.toMatchObject({ signal: 'SIGKILL' });
    const lock = await lockFolder(folder);
    await lock.release();
  });
});
