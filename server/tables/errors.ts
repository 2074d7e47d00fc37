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

/** What an error of a database means, where somebody can mend it. */
export type Fault =
  | { kind: 'lost'; reason: string }
  | { kind: 'full' }
  | { kind: 'overflow' }
  | { kind: 'unique' }
  /** `column` is the physical name. */
  | { kind: 'notNull'; column: string }
  /** The rows do not fit the database: too many columns, or a key that is too long. */
  | { kind: 'tooLarge' }
  | { kind: 'unreachable'; reason: string };

type FaultOf = (error: Error) => Fault | null;

/** `what` names the rows as people know them. */
export function explainError(error: unknown, what: string, faultOf: FaultOf): unknown {
  if (!(error instanceof Error) || isOurs(error)) return error;
  const fault = faultOf(error);
  if (fault) return explainFault(fault, what, error);
  return 'code' in error ? new Error(`A statement over the rows of ${what} failed`, { cause: error }) : error;
}

export const isOurs = (error: Error): boolean =>
  error instanceof UserError || error instanceof RetryLater || error instanceof FencedError;

function explainFault(fault: Fault, what: string, cause: Error): Error {
  switch (fault.kind) {
    case 'lost':
      return new UserError('WORK_TABLE_LOST', { table: what, reason: fault.reason }, { cause });
    case 'full':
      return new UserError('DISK_LOW', { free: 0, floor: 0 }, { cause });
    case 'overflow':
      return new UserError('TYPE_MISMATCH', { column: 'Sum', reason: 'the result has too many digits' }, { cause });
    case 'tooLarge':
      return new UserError(
        'TYPE_MISMATCH',
        { column: what, reason: 'a row is larger than the database takes' },
        { cause },
      );
    case 'unreachable':
      return new RetryLater('REMOTE_UNREACHABLE', { host: 'The database', reason: fault.reason }, { cause });
    default:
      return new Error(`A statement over the rows of ${what} failed`, { cause });
  }
}

/** Errors of the work in words of people. */
export async function explained<T>(what: string, faultOf: FaultOf, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainError(error, what, faultOf);
  }
}
