/** A backup becomes an instance that starts nothing and sends nothing until a person confirms: its twin may still work. */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import { makeFolder } from '../db/sqlite.ts';
import { inTransaction } from '../db/transaction.ts';
import { requireEmpty } from './backup.ts';
import { setHold } from './hold.ts';
import type { Manifest } from './manifest.ts';
import { readManifest } from './manifest.ts';

/**
 * Everything is put together beside `to` and gets its place when it is complete and held: half of an instance is never
 * found there. Throws UserError BACKUP_DAMAGED, FOLDER_NOT_EMPTY or DATA_FOLDER_READ_ONLY; `to` is as it was then.
 */
export async function restoreInstance(clock: Clock, from: string, to: string): Promise<Manifest> {
  await requireEmpty(to);
  const manifest = await readManifest(from);
  const unfinished = `${resolve(to)}.restoring`;
  await rm(unfinished, { recursive: true, force: true });
  await makeFolder(unfinished);
  for (const { path } of manifest.files) await copyInto(unfinished, from, path);
  await holdInstance(clock, unfinished, manifest.at);
  if (existsSync(to)) await rmdir(to);
  await rename(unfinished, resolve(to));
  return manifest;
}

async function copyInto(to: string, from: string, path: string): Promise<void> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(from, path), target);
  if (path === 'secret.key') await chmod(target, 0o600);
}

async function holdInstance(clock: Clock, folder: string, backupAt: string): Promise<void> {
  const db = await openControl(folder, { clock });
  try {
    await inTransaction(db, (tx) => setHold(tx, { restoredAt: nowText(clock), backupAt }));
  } finally {
    await db.destroy();
  }
}
