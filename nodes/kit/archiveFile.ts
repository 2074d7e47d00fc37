import type { FilesClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { folderPath, joinPath, nameOf } from '../../contract/files.ts';

/** Moves a file into a folder and gives its path there; one that an earlier attempt has moved is left where it is. */
export async function archiveFile(client: FilesClient, path: string, folder: string): Promise<string> {
  const target = joinPath(folderPath(folder), nameOf(path));
  if (target === path) throw new UserError('FILE_PATH', { path: folder, reason: 'the files lie there already' });
  await moveOnce(client, path, target);
  return target;
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
