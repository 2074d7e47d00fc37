/** Files that nodes keep, in a folder of the instance. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../contract/errors.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import { writeText } from '../tableText.ts';

/** Names that are one plain file on every system. */
const plainName = /^[\p{L}\p{N}_](?:[\p{L}\p{N} _.,()+@=-]{0,198}[\p{L}\p{N}_)])?$/u;

/**
 * Writes rows as CSV. The file appears as a whole: it is written beside and renamed, so that an attempt that dies leaves
 * the one before. `mayAppear` is asked just before and throws if it may not. Throws UserError CONFIG_INVALID for a name that is no plain file name.
 */
export async function saveCsv(
  file: { folder: string; name: string; task: { id: string; attempt: number }; mayAppear(): Promise<void> },
  columns: readonly Column[],
  batches: AsyncIterable<TableBatch>,
): Promise<string> {
  const { folder, name, task } = file;
  if (!plainName.test(name))
    throw new UserError('CONFIG_INVALID', {
      field: 'File',
      reason: `"${name.slice(0, 200)}" is not a plain file name`,
    });
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const draft = join(folder, `.${task.id}-${task.attempt}.part`);
  try {
    const text = writeText(rowsOf(batches), { format: 'csv', columns });
    await pipeline(Readable.from(text), createWriteStream(draft));
    await file.mayAppear();
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return path;
}

async function* rowsOf(batches: AsyncIterable<TableBatch>): AsyncGenerator<Cell[][]> {
  for await (const batch of batches) yield batch.rows;
}
