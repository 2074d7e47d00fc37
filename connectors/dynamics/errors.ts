/** Turns what Dataverse, the identity service or the network said into the two kinds of error a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';

/** An answer that may be different in a moment: the caller tries again a few times before it gives up. */
export class Transient extends Error {
  override readonly name = 'Transient';
  readonly giveUp: RetryLater;
  /** Nothing was done: the request did not arrive, or was refused before any work. */
  readonly undone: boolean;
  constructor(giveUp: RetryLater, undone = false) {
    super(giveUp.message, { cause: giveUp.cause });
    this.giveUp = giveUp;
    this.undone = undone;
  }
}

/** The token is not good any more: ask for another, then ask again. */
export class TokenExpired extends Error {
  override readonly name = 'TokenExpired';
}

/** What an answer says of itself. */
export interface Failure {
  status: number;
  text: string;
  /** Seconds of the header Retry-After; null: there is none. */
  retryAfter: number | null;
}

/** What a request was about, for messages. */
export interface About {
  host: string;
  object?: string;
}

export interface RemoteFault {
  code: string;
  message: string;
}

/** The error object of the Web API; null when the text is something else. */
export function parseFault(text: string): RemoteFault | null {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    return typeof error?.message === 'string' ? { code: String(error.code ?? ''), message: error.message } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

const transientStatus = new Set([408, 500, 502, 503, 504]);
/** Behind these nothing is known of what was done. */
const isUndone = (status: number): boolean => status >= 300 && status < 500 && status !== 408;
/** Milliseconds where a limit says no time. */
const limitPause = 30_000;

/** Service protection limits, by requests, time and number at once. */
const limits = new Set(['0x80072322', '0x80072321', '0x80072326']);
const unknownProperty = /Could not find a property named '([^']+)'|The property '([^']+)' does not exist/;

/** The error for an answer that is not a success. */
export function answerError(failure: Failure, about: About): Error {
  const { status, text } = failure;
  const fault = parseFault(text);
  if (status === 401) return new TokenExpired(fault?.message ?? 'the token is not good');
  if (status === 429) return limitError(failure, fault);
  if (status === 413) return new UserError('REMOTE_REFUSED', { code: '413', reason: 'the request is too long' });
  if (status === 414) return new UserError('QUERY_TOO_LONG', { object: about.object ?? '' });
  if (!fault) return unreadable(failure, about.host);
  return faultError(fault, failure, about);
}

function limitError({ retryAfter }: Failure, fault: RemoteFault | null): RetryLater {
  const after = retryAfter === null ? limitPause : retryAfter * 1_000;
  return new RetryLater('REMOTE_LIMIT', { reason: oneLine(fault?.message ?? 'too many requests') }, { after });
}

function faultError({ code, message }: RemoteFault, failure: Failure, about: About): Error {
  const reason = oneLine(message);
  if (limits.has(code)) return limitError(failure, { code, message });
  if (transientStatus.has(failure.status))
    return new Transient(new RetryLater('REMOTE_BUSY', { status: failure.status, reason: `${code} ${reason}` }));
  if (code === '0x80072560')
    return new UserError('CONNECTION_REFUSED', {
      reason: `${reason}: add the app as an application user of the environment`,
    });
  const property = unknownProperty.exec(message);
  if (property)
    return new UserError('FIELD_UNKNOWN', { field: property[1] ?? property[2] ?? '', object: about.object ?? '' });
  return new UserError('REMOTE_REFUSED', { code: code || String(failure.status), reason });
}

/** Whether the outside system refused with this code of its own. */
export function isRefusal(error: unknown, code: string): error is UserError {
  return error instanceof UserError && error.details.code === code;
}

function unreadable({ status, text }: Failure, host: string): Error {
  const seen = oneLine(text.replace(/<[^>]*>/g, ' ')).slice(0, 120) || 'nothing';
  if (transientStatus.has(status)) return new Transient(new RetryLater('REMOTE_BUSY', { status, reason: seen }));
  const { giveUp } = notUnderstood(`status ${status} from ${host} with "${seen}"`);
  return new Transient(giveUp, isUndone(status));
}

/** A page of HTML, a cut answer: a proxy or a maintenance window, so it is tried again. */
export function notUnderstood(reason: string, cause?: unknown): Transient {
  return new Transient(new RetryLater('REMOTE_NOT_UNDERSTOOD', { reason }, { cause }));
}

/** Whether the request cannot have left: no connection came about. A connection that was there can end with the same codes. */
function neverConnected(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.every(neverConnected);
  if (!(cause instanceof Error)) return false;
  const isOpening = 'syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo');
  return isOpening || ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT');
}

/** The network failed under a request. */
export function networkError(error: unknown, host: string): Error {
  if (error instanceof UserError || error instanceof Transient) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = [code, cause instanceof Error ? cause.message : String(cause)].filter(Boolean).join(' ');
  const giveUp = new RetryLater('REMOTE_UNREACHABLE', { host, reason: oneLine(reason) }, { cause: error });
  return new Transient(giveUp, neverConnected(cause));
}

/** One line, without the full stop that the sentence around it has. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
}
