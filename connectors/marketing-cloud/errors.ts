/** Turns what Marketing Cloud, a proxy or the network said into the two kinds of error a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';

/** An answer that may be different in a moment: the caller tries again a few times before it gives up. */
export class Transient extends Error {
  override readonly name = 'Transient';
  readonly giveUp: RetryLater;
  /** Milliseconds that the other side asks to wait; null when it does not say. */
  readonly after: number | null;
  constructor(giveUp: RetryLater, after: number | null = null) {
    super(giveUp.message, { cause: giveUp.cause });
    this.giveUp = giveUp;
    this.after = after;
  }
}

/** The token is over or was never good: sign in once more, then ask again. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const transientStatus = new Set([408, 429, 500, 502, 503, 504]);
/** Asked again after this time where nobody says when. */
const limitPause = 60_000;

interface RestFault {
  message: string;
  code: string;
}

/** The error for an answer of REST that is not a success. */
export function answerError(status: number, text: string, retryAfter: string | null): Error {
  const fault = readFault(text);
  if (status === 401) return new TokenRefused(fault?.message ?? 'the token is not valid');
  const reason = fault?.message ?? (oneLine(text.replace(/<[^>]*>/g, ' ')).slice(0, 120) || 'nothing');
  if (status === 429) return limited(reason, retryAfter);
  if (transientStatus.has(status)) return new Transient(new RetryLater('REMOTE_BUSY', { status, reason }));
  if (fault === null) return notUnderstood(`status ${status} with "${reason}"`);
  if (status === 403)
    return new UserError('REMOTE_REFUSED', {
      code: fault.code,
      reason: `${reason} Give the installed package the scope for it`,
    });
  return new UserError('REMOTE_REFUSED', { code: fault.code, reason });
}

/** Why a token is not given. Only a change of the connection mends it, unless the service itself is down. */
export function signInError(status: number, text: string, retryAfter: string | null): Error {
  if (status === 429 || status >= 500) return answerError(status === 401 ? 500 : status, text, retryAfter);
  const given = parse(text);
  const reason = typeof given?.error_description === 'string' ? given.error_description : null;
  if (reason === null) return notUnderstood(`status ${status} where tokens are given`);
  return new UserError('CONNECTION_REFUSED', { reason: oneLine(reason) });
}

function limited(reason: string, retryAfter: string | null): Transient {
  const seconds = Number(retryAfter);
  const after = retryAfter !== null && Number.isFinite(seconds) ? seconds * 1_000 : null;
  return new Transient(new RetryLater('REMOTE_LIMIT', { reason }, { after: after ?? limitPause }), after);
}

/** The envelope of an error; null when the text is something else. */
function readFault(text: string): RestFault | null {
  const body = parse(text);
  if (body === null) return null;
  const [first] = Array.isArray(body.resultMessages) ? body.resultMessages : [];
  if (typeof first?.message === 'string')
    return { message: oneLine(first.message), code: String(first.resultCode ?? '') };
  if (typeof body.message !== 'string') return null;
  const details = Array.isArray(body.additionalErrors)
    ? body.additionalErrors.map((one) => String(one?.message ?? ''))
    : [];
  return { message: oneLine([body.message, ...details].join(' ')), code: String(body.errorcode ?? '') };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A page of HTML, a cut answer: a proxy or a maintenance window, so it is tried again. */
export function notUnderstood(reason: string, cause?: unknown): Transient {
  return new Transient(new RetryLater('REMOTE_NOT_UNDERSTOOD', { reason }, { cause }));
}

/** The network failed under a request. */
export function networkError(error: unknown, host: string): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = [code, cause instanceof Error ? cause.message : String(cause)].filter(Boolean).join(' ');
  return new Transient(new RetryLater('REMOTE_UNREACHABLE', { host, reason: oneLine(reason) }, { cause: error }));
}

/** One line, without the full stop that the sentence around it has. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.+$/, '');
}
