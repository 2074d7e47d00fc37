/** What can be said of records before they are sent. */
import { UserError } from '../../../contract/errors.ts';
import type { RecordRefusal, RecordWrite, WriteRequest } from '../../../contract/write.ts';
import { isRefused, refuseRepeated } from '../../kit/writes.ts';
import type { Described } from '../describe.ts';
import { fullId } from '../ids.ts';
import { unsent } from './refusals.ts';
import type { WriteField } from './wireFields.ts';
import { keyText, members, Unsendable } from './wireFields.ts';

/**
 * The records with their ids in full, those that would only be refused, or refuse all others, as refusals: ids that are none,
 * values that cannot be sent, and ids and keys that are there twice.
 */
export function checked(
  request: WriteRequest,
  described: Described,
  fields: readonly WriteField[],
): (RecordWrite | RecordRefusal)[] {
  const records = refuseRepeated(
    request.records.map((record) => withFullId(record, request)),
    request,
    (mark) => unsent('DUPLICATE_KEY', 'DUPLICATE_KEY', `${mark} is there more than once.`, []),
  );
  return records.map((record) =>
    isRefused(record) ? record : (unsendable(record, request, described, fields) ?? record),
  );
}

function withFullId(record: RecordWrite, { operation }: WriteRequest): RecordWrite | RecordRefusal {
  if (operation === 'upsert' || (operation === 'insert' && record.id === null)) return { ...record, id: null };
  try {
    return { ...record, id: fullId(record.id ?? '') };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return unsent('VALUE_REFUSED', error.code, error.message, ['Id']);
  }
}

/** Tries to write the record down. */
function unsendable(
  { values }: RecordWrite,
  { operation, keyField = '' }: WriteRequest,
  { wires }: Described,
  fields: readonly WriteField[],
): RecordRefusal | null {
  const key = operation === 'upsert' ? wires.get(keyField.toLowerCase()) : undefined;
  try {
    if (key) keyText(keyField, key, values[keyField] ?? null);
    members(fields, values);
    return null;
  } catch (error) {
    if (error instanceof Unsendable) return unsent('VALUE_REFUSED', 'NOT_SENDABLE', error.message, [error.field]);
    if (error instanceof UserError) return unsent('VALUE_REFUSED', error.code, error.message, []);
    throw error;
  }
}
