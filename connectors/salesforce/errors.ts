/** Turns what Salesforce, a proxy or the network said into the two kinds of error a node may see. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { AccessOver } from '../kit/access.ts';
import { excerpt, notUnderstood, oneLine, Transient } from '../kit/faults.ts';

export interface RemoteFault {
  errorCode: string;
  message: string;
}

/** The error array of the REST interface; null when the text is something else. */
function parseFaults(text: string): RemoteFault[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || value.length === 0) return null;
    const faults = value.filter((item): item is RemoteFault => typeof item?.errorCode === 'string');
    return faults.length === value.length
      ? faults.map((fault) => ({ errorCode: fault.errorCode, message: String(fault.message ?? '') }))
      : null;
  } catch {
    return null;
  }
}

/** The fault of a SOAP answer, whose status is 500 whatever it is about; null for any other text. */
function soapFault(text: string): RemoteFault | null {
  const code = /<(?:\w+:)?exceptionCode>([^<]+)</.exec(text)?.[1];
  const message = /<(?:\w+:)?exceptionMessage>([^<]*)</.exec(text)?.[1] ?? '';
  return code === undefined ? null : { errorCode: code, message: decodeXml(message) };
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The text of an XML element without elements in it. */
export function decodeXml(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

const transientStatus = new Set([406, 408, 420, 429, 500, 502, 503, 504]);
/** What was asked with these was perhaps done all the same; with any other below 500 it was not. */
const unclearStatus = new Set([406, 408, 499]);
const isUndone = (status: number): boolean => status >= 300 && status < 500 && !unclearStatus.has(status);
const transientCodes = new Set(['SERVER_UNAVAILABLE', 'UNKNOWN_EXCEPTION', 'UNABLE_TO_LOCK_ROW', 'QUERY_TIMEOUT']);
/** Asked again after this time, because the daily limit moves slowly. */
const limitPause = 60_000;

/** The error for an answer that is not a success. */
export function answerError(status: number, text: string, about: { host: string; object?: string }): Error {
  const soap = soapFault(text);
  if (soap) return faultError(soap, transientCodes.has(soap.errorCode) ? status : 400, about);
  const faults = parseFaults(text);
  const first = faults?.[0];
  if (status === 401) return new AccessOver(first?.message ?? 'the session is not valid');
  if (status === 414 || status === 431) return new UserError('QUERY_TOO_LONG', { object: about.object ?? '' });
  if (status === 413) return new UserError('REMOTE_REFUSED', { code: 'REQUEST_TOO_LONG', reason: 'for its size' });
  if (!first) return unreadable(status, text, about.host);
  return faultError(first, status, about);
}

function faultError(fault: RemoteFault, status: number, about: { host: string; object?: string }): Error {
  const { errorCode: code } = fault;
  const reason = oneLine(fault.message);
  if (code === 'INVALID_SESSION_ID') return new AccessOver(reason);
  // Too many long requests at once: that passes in seconds. The limit of the day does not.
  if (code === 'REQUEST_LIMIT_EXCEEDED' && /Concurrent/i.test(reason))
    return new Transient(new RetryLater('REMOTE_BUSY', { status, reason }), { undone: true });
  if (code === 'REQUEST_LIMIT_EXCEEDED') return new RetryLater('REMOTE_LIMIT', { reason }, { after: limitPause });
  if (transientStatus.has(status) || transientCodes.has(code))
    return new Transient(new RetryLater('REMOTE_BUSY', { status, reason: `${code} ${reason}` }), {
      undone: isUndone(status),
    });
  if (code === 'INVALID_TYPE' || (code === 'NOT_FOUND' && about.object))
    return new UserError('OBJECT_UNKNOWN', { object: about.object ?? reason });
  if (code === 'INVALID_FIELD')
    return new UserError('FIELD_UNKNOWN', { field: unknownField(reason) ?? reason, object: about.object ?? '' });
  return new UserError('REMOTE_REFUSED', { code, reason });
}

function unknownField(message: string): string | null {
  return /No such column '([^']+)'/.exec(message)?.[1] ?? null;
}

export function unreadable(status: number, text: string, host: string): Error {
  const reason = excerpt(text);
  const undone = isUndone(status);
  if (transientStatus.has(status)) return new Transient(new RetryLater('REMOTE_BUSY', { status, reason }), { undone });
  return notUnderstood(`status ${status} from ${host} with "${reason}"`, { undone });
}
