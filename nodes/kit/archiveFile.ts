import type { FilesClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { FileEntry } from '../../contract/files.ts';
import { folderPath, joinPath } from '../../contract/files.ts';

/**
 * Where a file goes in a folder. A file that lies there by the same name stays: ours gets its time behind its name. Written down
 * before the file is moved, it is the same for an attempt that comes back: where a move copies first, the copy is ours then.
 */
export async function archivePath(client: FilesClient, entry: FileEntry, folder: string): Promise<string> {
  const place = folderPath(folder.trim());
  const target = joinPath(place, entry.name);
  if (target === entry.path) throw new UserError('FILE_PATH', { path: folder, reason: 'the files lie there already' });
  return (await client.exists(target)) ? freePath(client, place, entry) : target;
}

async function freePath(client: FilesClient, folder: string, { name, modifiedAt }: FileEntry): Promise<string> {
  const time = modifiedAt.replaceAll(/[:-]|\.\d+/g, '');
  for (let number = 1; ; number += 1) {
    const path = joinPath(folder, markedName(name, number === 1 ? time : `${time}-${number}`));
    if (!(await client.exists(path))) return path;
  }
}

/** With a mark before its endings: `a-1f.csv.gz`. */
export function markedName(name: string, mark: string): string {
  const [, stem = name, ending = ''] = /^(.+?)((?:\.[^.]*){1,2})$/.exec(name) ?? [];
  return `${stem}-${mark}${ending}`;
}

/** One that an earlier attempt has moved is left where it is. */
export async function moveOnce(client: FilesClient, path: string, target: string): Promise<void> {
  try {
    await client.move(path, target);
  } catch (error) {
    const isThere = error instanceof UserError && error.code === 'FILE_MISSING' && (await client.exists(target));
    if (!isThere) throw error;
  }
}
