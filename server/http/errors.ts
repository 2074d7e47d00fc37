import type { ErrorEntry } from '../../contract/errors/entry.ts';
import type { ErrorCode, ErrorReply } from '../../contract/errors.ts';
import { describeError, errorTable, RetryLater, toErrorReply, UserError } from '../../contract/errors.ts';

/** The HTTP status of an error, from the one table. */
function statusOf(code: ErrorCode): number {
  const entry: ErrorEntry = errorTable[code];
  return entry.status ?? 400;
}

export interface Failure {
  status: number;
  reply: ErrorReply;
  /** Seconds after which another try makes sense. */
  retryAfter: number | null;
  /** Not the caller's doing: logged as an error, and its text stays inside. */
  bug: boolean;
}

/** What a thrown value becomes. `id` is the request's, by which the log finds it. */
export function toFailure(error: unknown, id: string): Failure {
  const known = refusedBody(error) ?? error;
  if (!(known instanceof UserError || known instanceof RetryLater)) {
    const reply: ErrorReply = {
      code: 'BUG',
      ...describeError('BUG', { reason: 'an unexpected error', id }),
      details: { id },
    };
    return { status: 500, reply, retryAfter: null, bug: true };
  }
  return { status: statusOf(known.code), reply: toErrorReply(known), retryAfter: secondsOf(known), bug: false };
}

/** Their `seconds` say after how long another try makes sense. */
const toldWhen: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'TOO_MANY_ATTEMPTS',
  'HOOK_BUSY',
  'HOOK_FULL',
  'SIGNALS_FULL',
]);

function secondsOf(error: UserError | RetryLater): number | null {
  if (error instanceof RetryLater) return error.after === undefined ? null : Math.ceil(error.after / 1_000);
  return typeof error.details.seconds === 'number' && toldWhen.has(error.code) ? error.details.seconds : null;
}

const bodyReasons: Record<string, string> = {
  'entity.too.large': 'the body is too large',
  'entity.parse.failed': 'the body is not JSON',
  'encoding.unsupported': 'the encoding of the body is not supported',
  'charset.unsupported': 'the body is not UTF-8',
  'request.aborted': 'the request ended too early',
  'request.size.invalid': 'the body is not as long as it says',
};

/** What express and its body parser refuse by themselves, in our words. */
function refusedBody(error: unknown): UserError | null {
  if (error instanceof URIError) return new UserError('INVALID_INPUT', { reason: 'the address is not well formed' });
  if (!(error instanceof Error) || !('type' in error) || typeof error.type !== 'string') return null;
  const reason = bodyReasons[error.type];
  return reason === undefined ? null : new UserError('INVALID_INPUT', { reason }, { cause: error });
}
