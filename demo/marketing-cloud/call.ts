import { ApiError } from './errors.ts';
import type { Effects } from './faultKinds.ts';
import type { Org } from './org.ts';
import type { Session } from './signIn/sessions.ts';

/** One request, read completely. */
export interface Call {
  org: Org;
  method: string;
  /** Path without duplicate slashes. */
  path: string;
  /** Values of the route's parameters, decoded. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** Header names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Scheme and host at which the organisation is reached, without a slash. */
  base: string;
  /** Null before the token was checked. */
  session: Session | null;
  effects: Effects;
}

export function header(call: Call, name: string): string {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** The session of a call whose token was checked. */
export function sessionOf(call: Call): Session {
  if (call.session === null) throw new Error('the token was not checked');
  return call.session;
}

/** The body as JSON. Throws what Marketing Cloud answers when it is none. */
export function readJson(call: Call): unknown {
  const contentType = header(call, 'content-type');
  if (!/^application\/json\b/i.test(contentType)) throw new ApiError(415, 10000, 'Unsupported Media Type');
  try {
    return JSON.parse(call.body.toString('utf8'));
  } catch (error) {
    throw new ApiError(400, 10004, `Unable to parse the JSON of the request: ${(error as Error).message}`);
  }
}

/** A number of the query such as `$page`, whose names clients write in any case. */
export function queryNumber(call: Call, name: string, otherwise: number): number {
  const given = [...call.query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  if (given === undefined) return otherwise;
  if (!/^\d+$/.test(given) || Number(given) < 1) throw new ApiError(400, 10005, `The value of ${name} is not valid.`);
  return Number(given);
}
