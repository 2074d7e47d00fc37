/** Where a path of this connection lies on the disk: nowhere but in its folder. */
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { isMissing } from './errors.ts';

/** Where databases of connections lie: their files are theirs alone. */
const taken = 'databases';

/**
 * The path on the disk, and what lies there now; null where nothing does. Every part is looked at from the files' folder on:
 * a link leads somewhere else and is refused with FILE_PATH, as is whatever is neither folder nor plain file.
 */
export async function lookAt(root: string, path: string): Promise<{ path: string; stats: Stats | null }> {
  const parts = path === '' ? [] : path.split('/');
  // On some disks a folder has one name in any case.
  if (parts[0]?.toLowerCase() === taken)
    throw new UserError('FILE_PATH', { path, reason: 'databases of connections lie there' });
  let place = root;
  let stats = await statOf(place);
  for (const [index, part] of parts.entries()) {
    place = join(place, part);
    stats = stats && (await statOf(place));
    if (stats) refuseOdd(stats, path, index < parts.length - 1);
  }
  return { path: place, stats };
}

async function statOf(place: string): Promise<Stats | null> {
  try {
    return await lstat(place);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function refuseOdd(stats: Stats, path: string, mustBeFolder: boolean): void {
  const reason = stats.isSymbolicLink()
    ? 'a part of it is a link, which could lead anywhere'
    : mustBeFolder && !stats.isDirectory()
      ? 'a part of it is no folder'
      : stats.isDirectory() || stats.isFile()
        ? null
        : 'it is no plain file';
  if (reason !== null) throw new UserError('FILE_PATH', { path, reason });
}
