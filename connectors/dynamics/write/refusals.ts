/** What became of a record that was not written: the environment's code for it, and the family of that. */
import type { ErrorCode } from '../../../contract/errors.ts';
import type { RecordRefusal, WriteOperation } from '../../../contract/write.ts';
import { oneLine } from '../../kit/faults.ts';
import { byWord } from '../../kit/writes.ts';
import type { RemoteFault } from '../errors.ts';
import { parseFault } from '../errors.ts';
import type { BatchAnswer } from './batch.ts';

/** Codes by family; what is in none is REMOTE_REFUSED. What each family means, and what to do, says the table of errors. */
const families = byWord({
  VALUE_REFUSED: ['0x80044331', '0x8004431A', '0x80048408', '0x80040239', '0x80044330'],
  REQUIRED_MISSING: ['0x80040203'],
  VALUE_TAKEN: ['0x80060892'],
  ALREADY_EXISTS: ['0x80040237'],
  LOOKS_DUPLICATE: ['0x80040333'],
  NO_MATCH: ['0x80060891'],
  RULE_REFUSED: ['0x80040265'],
  RECORD_NOT_ALLOWED: ['0x80040220', '0x80048306'],
  RECORD_IN_USE: ['0x80047002', '0x80040227'],
});

/** Said of limits, of locks, and of what took too long. */
const passingCodes = new Set(['0x80072322', '0x80072321', '0x80072326', '0x80044150', '0x80044151', '0x80040216']);
const passingWords = /deadlock|Sql Number: (1205|-2)|timeout expired|Generic SQL error/i;

export function refusal({ code, message }: RemoteFault, status: number, operation: WriteOperation): RecordRefusal {
  const passing = status === 429 || status >= 500 || (passingCodes.has(code) && passingWords.test(message));
  return {
    outcome: 'refused',
    code: passing ? 'RECORD_BUSY' : familyFor(code, message, status, operation),
    symbol: code || String(status),
    message: oneLine(message),
    fields: fieldsOf(message),
    passing,
  };
}

/** What one part of a batch says. */
export function partRefusal({ status, text }: BatchAnswer, operation: WriteOperation): RecordRefusal {
  const fault = parseFault(text) ?? { code: '', message: text === '' ? `status ${status}` : text };
  return refusal(fault, status, operation);
}

/** A record that is not there: the one that was to be changed, or one that a lookup leads to. */
function familyFor(code: string, message: string, status: number, operation: WriteOperation): ErrorCode {
  if (code === '0x80040217') {
    const isOwn = operation === 'delete' || operation === 'update';
    return isOwn ? 'NO_MATCH' : 'REFERENCE_UNKNOWN';
  }
  if (code === '0x80060891' && operation === 'insert') return 'REFERENCE_UNKNOWN';
  if (code === '0x80048d19')
    return /does not exist on type|undeclared property/.test(message) ? 'FIELD_NOT_WRITABLE' : 'VALUE_REFUSED';
  if (status === 404 && operation !== 'insert') return 'NO_MATCH';
  return families.get(code) ?? 'REMOTE_REFUSED';
}

/** The column that a message names. */
function fieldsOf(message: string): string[] {
  const found = /'(\w+)' attribute|of '(\w+)' is outside|field '(\w+)' is missing|property '(\w+)'/.exec(message);
  return (found?.slice(1) ?? []).filter((name) => name !== undefined);
}

/** A record that is not even sent. */
export function unsent(code: ErrorCode, symbol: string, message: string, fields: readonly string[]): RecordRefusal {
  return { outcome: 'refused', code, symbol, message, fields, passing: false };
}
