/** A write into local data, inside a transaction. */
import { UserError } from '../../../contract/errors.ts';
import type { LocalWrite, LocalWriteResult } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { countRows } from '../relation/plan.ts';
import type { Setting } from '../relation/sources.ts';
import { checkKey, findLocal } from './catalogue.ts';
import { canBePut, putRows } from './put.ts';
import { writeStaged } from './staged.ts';
import { resultOf } from './target.ts';

/**
 * Rows that an operation has nothing to do with (to insert: there already; to update or delete: not there) count as
 * unchanged. Throws NOT_FOUND, COLUMN_UNKNOWN, TYPE_MISMATCH, KEY_EMPTY, DUPLICATE_KEY.
 */
export async function applyWrite(
  db: Connection,
  setting: Setting,
  write: LocalWrite,
  signal: AbortSignal,
): Promise<LocalWriteResult> {
  const table = await findLocal(db, '', write.table);
  if (!table && (write.operation === 'insert' || write.operation === 'upsert'))
    throw new UserError('NOT_FOUND', { what: `The local table "${write.table}"` });
  if (!table) return resultOf(await countRows(db, setting, write.source, signal), {});
  checkKey(table, write.key);
  const writing = { db, setting, signal, table, write };
  const result = canBePut(writing) ? await putRows(writing) : await writeStaged(writing);
  await db.run('UPDATE _local SET rows = rows + ?2 WHERE no = ?1', [table.no, result.inserted - result.deleted]);
  return result;
}
