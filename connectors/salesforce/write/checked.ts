/** What can be said of records before they are sent. */

import { UserError } from '../../../contract/errors.ts';
import { canonicalText } from '../../../contract/types.ts';
import type { RecordRefusal, RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { fullId } from '../ids.ts';
import { refusal } from './refusals.ts';

/**
 * The records with their ids in full, those that would only be refused as refusals: ids that are none, and ids and keys that
 * are there twice, of which the organisation would write one or none.
 */
export function checked(request: WriteRequest): (RecordWrite | RecordRefusal)[] {
  const records = request.records.map((record) => withFullId(record, request));
  const marks = records.map((record) => ('outcome' in record ? null : markOf(record, request)));
  const count = new Map<string | null, number>();
  for (const mark of marks) count.set(mark, (count.get(mark) ?? 0) + 1);
  return records.map((record, at) => {
    const mark = marks[at] ?? null;
    if (mark === null || (count.get(mark) ?? 0) < 2) return record;
    const fault = { statusCode: 'DUPLICATE_VALUE', message: `${mark} is there more than once.` };
    return { ...refusal([fault], request.operation), code: 'DUPLICATE_KEY' };
  });
}

function withFullId(record: RecordWrite, { operation }: WriteRequest): RecordWrite | RecordRefusal {
  if (operation === 'insert' || operation === 'upsert') return { ...record, id: null };
  try {
    return { ...record, id: fullId(record.id ?? '') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refusal([{ statusCode: 'MALFORMED_ID', message: error.message, fields: ['Id'] }], operation);
  }
}

/** By which records of one request must differ. Keys are the same in any case, and with spaces around them. */
function markOf({ id, values }: RecordWrite, { operation, keyField = '' }: WriteRequest): string | null {
  if (operation !== 'upsert') return id;
  return (
    canonicalText('text', values[keyField] ?? null)
      ?.trim()
      .toLowerCase() ?? null
  );
}
