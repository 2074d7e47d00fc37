/** Files of connections, as nodes that read or write them share it. */
import type { FilesClient } from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import type { FileEntry, FileWrite, UploadMarks, WrittenFile } from '../../contract/files.ts';
import { matchesMask, nameOf, splitMask } from '../../contract/files.ts';
import type { NodeContext, TableWriter } from './run.ts';

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

type Context = Pick<NodeContext, 'task' | 'writer'>;

/** `draft`: whether it is written under another name until it is whole. `size`: bytes, where they are known ahead. */
type WriteFile = (
  client: FilesClient,
  path: string,
  content: AsyncIterable<Uint8Array>,
  how: { draft: boolean; size?: number },
) => Promise<WrittenFile>;

/**
 * Writes files, one after the other, of which earlier attempts may have left something behind: that is ended or removed. An
 * attempt that slept, and was overtaken meanwhile, lets no file appear any more: a newer one may lie there.
 */
export function fileWriter(context: Context): WriteFile {
  const marks = new Marks(context);
  async function* whileCurrent(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* content;
    await marks.demandCurrent();
  }
  return async (client, path, content, { draft, ...how }) => {
    await marks.demandCurrent();
    const place = client.place(path);
    const uploads: UploadMarks = { earlier: () => marks.of(place), begun: (mark) => marks.add(place, mark) };
    return client.write(path, whileCurrent(content), { ...how, ...draftFor(context, path, draft), uploads });
  };
}

/** Marks of uploads, kept with the task until the next file is begun. */
class Marks {
  readonly #context: Context;
  #writer: Promise<TableWriter> | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Rejects where another attempt has taken over. */
  async demandCurrent(): Promise<void> {
    await (await this.#open()).append([]);
  }

  async of(place: string): Promise<readonly string[]> {
    return marksOf(await this.#open(), place);
  }

  async add(place: string, mark: string): Promise<void> {
    const writer = await this.#open();
    await writer.append([], { position: { place, marks: [...marksOf(writer, place), mark] } });
  }

  #open(): Promise<TableWriter> {
    const columns = [{ name: 'mark', label: 'Mark', type: 'text' as const }];
    this.#writer ??= this.#context.writer({ columns, name: 'uploads', resume: true });
    return this.#writer;
  }
}

function marksOf({ position }: TableWriter, place: string): string[] {
  const kept = position as { place: string; marks: string[] } | null;
  return kept?.place === place ? kept.marks : [];
}

/**
 * Under which name a file is written until it is whole; none where that is not wanted. It is hidden, and of this attempt: an
 * earlier one that still writes cannot mix its bytes in, and loses what it has written before ours appears.
 */
function draftFor({ task }: Context, path: string, isWanted: boolean): Pick<FileWrite, 'draft' | 'earlier'> {
  const { id, attempt } = task;
  // The name of the file stands in front, cut so that no system finds it too long.
  const draft = (number: number): string => `.${nameOf(path).slice(0, 60)}.${id}-${number}.part`;
  const before = Array.from({ length: Math.min(attempt - 1, 20) }, (_, index) => draft(attempt - 1 - index));
  return { draft: isWanted ? draft(attempt) : null, earlier: before };
}
