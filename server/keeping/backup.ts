/**
 * A copy of a whole instance, while it works. Control and local data are copied as they were at one moment; then, as far as
 * they have gone on since, the rows of exports and of runs: what the control data speak of is among them, unless it was
 * purged meanwhile. It needs no help of the server: the locks of SQLite hold commits for some milliseconds.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import type { Clock } from '../db/clock.ts';
import { nowText } from '../db/clock.ts';
import { copyAlone, copyTogether } from '../db/snapshot.ts';
import { makeFolder } from '../db/sqlite.ts';
import type { Manifest } from './manifest.ts';
import { writeManifest } from './manifest.ts';

/** In this order: an export's ledger is younger than the control data that name it, and so are rows. */
const storeFolders = ['exports', 'runs'];

/** `to` must not exist, or be empty. Throws UserError FOLDER_NOT_EMPTY, BACKUP_NOTHING or DATA_FOLDER_READ_ONLY. */
export async function backUpInstance(clock: Clock, from: string, to: string): Promise<Manifest> {
  if (!existsSync(join(from, 'control.sqlite'))) throw new UserError('BACKUP_NOTHING', { folder: from });
  await requireEmpty(to);
  await makeFolder(to);
  const place = (path: string) => ({ from: join(from, path), to: join(to, path) });
  const at = nowText(clock);
  const together = await copyTogether(['control.sqlite', 'local.sqlite'].map(place));
  const paths = ['control.sqlite', 'local.sqlite'].filter((path) =>
    together.some((copy) => copy.to === place(path).to),
  );
  for (const folder of storeFolders)
    for (const path of await listFiles(from, folder, '.sqlite')) {
      await mkdir(dirname(place(path).to), { recursive: true });
      if (await copyAlone(place(path))) paths.push(path);
    }
  for (const path of [...(await listFiles(from, 'files', '')), 'secret.key'].filter((one) =>
    existsSync(place(one).from),
  )) {
    await mkdir(dirname(place(path).to), { recursive: true });
    await copyFile(place(path).from, place(path).to);
    paths.push(path);
  }
  return writeManifest(to, at, paths);
}

/** Throws UserError FOLDER_NOT_EMPTY. */
export async function requireEmpty(folder: string): Promise<void> {
  if (existsSync(folder) && (await readdir(folder)).length > 0) throw new UserError('FOLDER_NOT_EMPTY', { folder });
}

/** Paths from the data folder, sorted. */
async function listFiles(root: string, folder: string, ending: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}
