/** Why a record was not written: the organisation's word for it, and the family it belongs to. */
import type { ErrorCode } from '../../../contract/errors.ts';
import type { RecordRefusal, WriteOperation } from '../../../contract/write.ts';

/** One of the reasons, in the words of the collections. */
export interface WireFault {
  statusCode: string;
  message: string;
  fields?: readonly string[];
}

const families: Record<string, ErrorCode> = {
  DUPLICATE_VALUE: 'ALREADY_EXISTS',
  ENTITY_IS_DELETED: 'NO_MATCH',
};

/** Nothing is wrong with the record: another transaction holds it, or the organisation is at its limit for a moment. */
const passing = new Set(['UNABLE_TO_LOCK_ROW']);

/** The first reason gives the code; the message has all of them. */
export function refusal(faults: readonly [WireFault, ...WireFault[]], _operation: WriteOperation): RecordRefusal {
  const [{ statusCode }] = faults;
  return {
    outcome: 'refused',
    code: families[statusCode] ?? 'REMOTE_REFUSED',
    symbol: statusCode,
    message: faults.map(({ message }) => message).join(' '),
    fields: [...new Set(faults.flatMap(({ fields }) => fields ?? []))],
    passing: faults.every((fault) => passing.has(fault.statusCode)),
  };
}
