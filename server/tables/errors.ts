/** What the database throws, in words of people: only what they can mend gets a code, the rest stays a bug with its cause. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { FencedError } from './types.ts';

/** Why work under this signal ended: the reason given, or STOPPED. */
export function stoppedBy(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name !== 'AbortError' ? reason : new UserError('STOPPED');
}

export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stoppedBy(signal);
}

const lostCodes = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_CANTOPEN']);
const lostMessage = /no such table/;

/** `what` names the rows as people know them. */
export function explainError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || isOurs(error) || !('code' in error)) return error;
  const code = String(error.code);
  if (lostCodes.has(code) || lostMessage.test(error.message))
    return new UserError('WORK_TABLE_LOST', { table: what, reason: lostReason(code) }, { cause: error });
  if (code === 'SQLITE_FULL') return new UserError('DISK_LOW', { free: 0, floor: 0 }, { cause: error });
  if (error.message.includes('integer overflow'))
    return new UserError(
      'TYPE_MISMATCH',
      { column: 'Sum', reason: 'the result has too many digits' },
      { cause: error },
    );
  return new Error(`A statement over the rows of ${what} failed`, { cause: error });
}

const isOurs = (error: Error): boolean =>
  error instanceof UserError || error instanceof RetryLater || error instanceof FencedError;

function lostReason(code: string): string {
  if (code === 'SQLITE_CANTOPEN') return 'their file is missing or cannot be opened';
  if (code === 'SQLITE_ERROR') return 'the table is gone';
  return 'their file is damaged';
}

/** Which constraint a statement ran against; null if it failed for another reason. */
export function violatedConstraint(error: unknown): { kind: 'unique' | 'notNull'; column: string } | null {
  if (!(error instanceof Error)) return null;
  const match = /(UNIQUE|NOT NULL) constraint failed: \w+\.(\w+)/.exec(error.message);
  if (!match) return null;
  return { kind: match[1] === 'UNIQUE' ? 'unique' : 'notNull', column: match[2] ?? '' };
}
