/** What can be said of records before they are sent. */

import { UserError } from '../../../contract/errors.ts';
import type { RecordRefusal, RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { refuseRepeated } from '../../kit/writes.ts';
import { fullId } from '../ids.ts';
import { refusal } from './refusals.ts';

/**
 * The records with their ids in full, those that would only be refused as refusals: ids that are none, and ids and keys that
 * are there twice, of which the organisation would write one or none.
 */
export function checked(request: WriteRequest): (RecordWrite | RecordRefusal)[] {
  const records = request.records.map((record) => withFullId(record, request));
  return refuseRepeated(records, request, (mark) => {
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
