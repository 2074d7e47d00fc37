/** Files of connections, as nodes that read or write them share it. */
import type { FilesClient } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import type { FileEntry, FileWrite } from '../../contract/files.ts';
import { matchesMask, nameOf, splitMask } from '../../contract/files.ts';
import type { NodeContext } from './run.ts';

export async function openFiles(context: Pick<NodeContext, 'connect'>, connection: string): Promise<FilesClient> {
  return clientAs((await context.connect(connection)).client, 'files', connection);
}

/**
 * The files that a path means, by name; its last part may be a mask. Blanks around it are left away, unless a file is called so.
 * Throws UserError FILE_PATH.
 */
export async function findFiles(client: FilesClient, given: string): Promise<FileEntry[]> {
  const path = given.trim();
  const { folder, mask } = splitMask(path);
  if (!/[*?]/.test(mask)) {
    const asGiven = given === path || /\p{Cc}/u.test(given) ? null : await client.stat(given);
    const found = asGiven ?? (await client.stat(path));
    return found ? [found] : [];
  }
  const found: FileEntry[] = [];
  for await (const page of client.list(folder)) found.push(...page.filter(({ name }) => matchesMask(mask, name)));
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Under which name a file is written until it is whole; none where that is not wanted. It is hidden, and of this attempt: an
 * earlier one that still writes cannot mix its bytes in, and loses what it has written before ours appears.
 */
export function draftFor(
  context: Pick<NodeContext, 'task'>,
  path: string,
  isWanted: boolean,
): Pick<FileWrite, 'draft' | 'earlier'> {
  const { id, attempt } = context.task;
  // The name of the file stands in front, cut so that no system finds it too long.
  const draft = (number: number): string => `.${nameOf(path).slice(0, 60)}.${id}-${number}.part`;
  const before = Array.from({ length: Math.min(attempt - 1, 20) }, (_, index) => draft(attempt - 1 - index));
  return { draft: isWanted ? draft(attempt) : null, earlier: before };
}
