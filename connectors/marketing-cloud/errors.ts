/** Turns what Marketing Cloud, a proxy or the network said into the two kinds of error a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { AccessOver } from '../kit/access.ts';
import { parseObject } from '../kit/exchange.ts';
import { excerpt, notUnderstood, oneLine, Transient } from '../kit/faults.ts';

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
  if (status === 401) return new AccessOver(fault?.message ?? 'the token is not valid');
  const reason = fault?.message ?? excerpt(text);
  if (status === 429) return limited(reason, retryAfter);
  if (transientStatus.has(status)) return new Transient(new RetryLater('REMOTE_BUSY', { status, reason }));
  if (fault === null) return notUnderstood(`status ${status} with "${reason}"`);
  if (status === 403)
    return new UserError('REMOTE_REFUSED', {
      code: fault.code,
      reason: `${reason}. Give the installed package the scope for it`,
    });
  return new UserError('REMOTE_REFUSED', { code: fault.code, reason });
}

/** Why a token is not given. Only a change of the connection mends it, unless the service itself is down. */
export function signInError(status: number, text: string, retryAfter: string | null): Error {
  if (status === 429 || status >= 500) return answerError(status, text, retryAfter);
  const given = parseObject(text);
  const reason = typeof given?.error_description === 'string' ? given.error_description : null;
  if (reason === null) return notUnderstood(`status ${status} where tokens are given`);
  return new UserError('CONNECTION_REFUSED', { reason: oneLine(reason) });
}

function limited(reason: string, retryAfter: string | null): Transient {
  const seconds = Number(retryAfter);
  const after = retryAfter !== null && Number.isFinite(seconds) ? seconds * 1_000 : null;
  return new Transient(new RetryLater('REMOTE_LIMIT', { reason }, { after: after ?? limitPause }), { after });
}

/** The envelope of an error; null when the text is something else. */
function readFault(text: string): RestFault | null {
  const body = parseObject(text);
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
