/** What became of a record: its id, or why it was not written by the organisation's word for it, and the family of that. */
import type { ErrorCode } from '../../../contract/errors.ts';
import { UserError } from '../../../contract/errors.ts';
import type { RecordRefusal, RecordResult, WriteOperation } from '../../../contract/write.ts';
import { notUnderstood } from '../../kit/faults.ts';
import { byWord } from '../../kit/writes.ts';
import { fullId } from '../ids.ts';

/** One of the reasons, in the words of the collections. */
export interface WireFault {
  statusCode: string;
  message: string;
  fields?: readonly string[];
}

/** Status codes by family; what is in none is REMOTE_REFUSED. What each family means, and what to do, says the table of errors. */
const families = byWord({
  REQUIRED_MISSING: ['REQUIRED_FIELD_MISSING', 'MISSING_ARGUMENT'],
  VALUE_REFUSED: [
    'STRING_TOO_LONG',
    'INVALID_EMAIL_ADDRESS',
    'NUMBER_OUTSIDE_VALID_RANGE',
    'INVALID_TYPE_ON_FIELD_IN_RECORD',
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    'FIELD_INTEGRITY_EXCEPTION',
    'FIELD_FILTER_VALIDATION_EXCEPTION',
    'MALFORMED_ID',
    'INVALID_ID_FIELD',
    'INVALID_CURRENCY_ISO',
    'INVALID_URL',
    'JSON_PARSER_ERROR',
  ],
  FIELD_NOT_WRITABLE: ['INVALID_FIELD_FOR_INSERT_UPDATE', 'FIELD_NOT_UPDATABLE'],
  RULE_REFUSED: [
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    'CANNOT_EXECUTE_FLOW_TRIGGER',
    'INVALID_STATUS',
    'ENTITY_IS_LOCKED',
  ],
  RECORD_MOVED: ['CANNOT_UPDATE_CONVERTED_LEAD'],
  VALUE_TAKEN: ['DUPLICATE_VALUE'],
  LOOKS_DUPLICATE: ['DUPLICATES_DETECTED'],
  AMBIGUOUS_MATCH: ['DUPLICATE_EXTERNAL_ID'],
  NO_MATCH: ['NOT_FOUND'],
  NOT_RESTORABLE: ['UNDELETE_FAILED'],
  REFERENCE_UNKNOWN: ['INVALID_CROSS_REFERENCE_KEY', 'ENTITY_IS_DELETED'],
  RECORD_NOT_ALLOWED: [
    'INSUFFICIENT_ACCESS_OR_READONLY',
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    'TXN_SECURITY_METERING_ERROR',
  ],
  RECORD_BUSY: ['UNABLE_TO_LOCK_ROW', 'ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED', 'QUERY_TIMEOUT'],
  RECORD_IN_USE: ['DELETE_FAILED'],
  REMOTE_FULL: ['STORAGE_LIMIT_EXCEEDED'],
});

/** Said by triggers and flows too, in the middle of a message of their own; fewer records at a time need less of them. */
const passingWords =
  /UNABLE_TO_LOCK_ROW|unable to obtain exclusive access|CPU time limit|UNKNOWN_EXCEPTION|SERVER_UNAVAILABLE/;

/** The first reason that will not pass gives the code, the message has all of them. */
export function refusal(faults: readonly [WireFault, ...WireFault[]], operation: WriteOperation): RecordRefusal {
  const lasting = faults.find((fault) => !isPassing(fault));
  const [first] = lasting ? [lasting] : faults;
  const passing = !lasting;
  return {
    outcome: 'refused',
    code: passing ? 'RECORD_BUSY' : codeOf(first, operation),
    symbol: first.statusCode,
    message: faults.map(({ message }) => message).join(' '),
    fields: [...new Set(faults.flatMap(({ fields }) => fields ?? []))],
    passing,
  };
}

/** Throws Transient for an id that is none: the answer is not what it should be. */
export function written(id: string, created: boolean): RecordResult {
  try {
    return { outcome: 'written', id: fullId(id), created };
  } catch (error) {
    throw error instanceof UserError
      ? notUnderstood('a record that was written and has no id', { cause: error })
      : error;
  }
}

function isPassing({ statusCode, message }: WireFault): boolean {
  return families.get(statusCode) === 'RECORD_BUSY' || passingWords.test(`${statusCode} ${message}`);
}

function codeOf({ statusCode, message }: WireFault, operation: WriteOperation): ErrorCode {
  if (/^Foreign key external ID/i.test(message))
    return /is not unique/.test(message) ? 'AMBIGUOUS_MATCH' : 'REFERENCE_UNKNOWN';
  if (/^Duplicate external id|^duplicate id in list/i.test(message)) return 'DUPLICATE_KEY';
  const isGone = statusCode === 'ENTITY_IS_DELETED' || statusCode === 'INVALID_CROSS_REFERENCE_KEY';
  if (isGone && (operation === 'delete' || (operation === 'update' && statusCode === 'ENTITY_IS_DELETED')))
    return 'NO_MATCH';
  return families.get(statusCode) ?? 'REMOTE_REFUSED';
}

/** `CODE:message:Field1,Field2 --`, one behind the other, as the files of a job have them. */
export function readFaults(text: string): [WireFault, ...WireFault[]] {
  const found = [...text.trim().matchAll(/([A-Z][A-Z0-9_]+):([\s\S]*?):([\w.,\s]*?)\s*--(?=[A-Z][A-Z0-9_]+:|$)/g)].map(
    ([, statusCode = '', message = '', fields = '']) => ({
      statusCode,
      message,
      fields: fields
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    }),
  );
  const [first, ...more] = found;
  if (first) return [first, ...more];
  return [{ statusCode: /^([A-Z][A-Z0-9_]+):/.exec(text)?.[1] ?? 'UNKNOWN', message: text }];
}
