/** Turns what Dataverse, the identity service or the network said into the two kinds of error a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { AccessOver } from '../kit/access.ts';
import { excerpt, notUnderstood, oneLine, Transient } from '../kit/faults.ts';

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
  if (status === 401) return new AccessOver(fault?.message ?? 'the token is not good');
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

function unreadable({ status, text }: Failure, host: string): Error {
  const reason = excerpt(text);
  if (transientStatus.has(status)) return new Transient(new RetryLater('REMOTE_BUSY', { status, reason }));
  return notUnderstood(`status ${status} from ${host} with "${reason}"`, { undone: isUndone(status) });
}
