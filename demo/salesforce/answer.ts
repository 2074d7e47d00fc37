import { randomInt } from 'node:crypto';
import { type Call, header } from './call.ts';
import { ApiError, RecordError, toApiError } from './errors.ts';
import { json, type Reply } from './reply.ts';
import { checkVersion } from './rest/resources.ts';
import { describeTypeError } from './rest/typeErrors.ts';
import { JsonTypeError } from './writes/coerce.ts';

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Runs a handler and turns whatever it throws into what Salesforce would answer. */
export async function answer(call: Call, handler: Handler): Promise<Reply> {
  try {
    return await handler(call);
  } catch (error) {
    const apiError = toApi(call, error);
    return json(apiError.bodies, apiError.status);
  }
}

function toApi(call: Call, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RecordError) return toApiError(error);
  if (error instanceof JsonTypeError) return describeTypeError(error, call.body.toString('utf8'));
  const errorId = `${randomInt(1e9)}-${randomInt(99_999)}`;
  process.stderr.write(
    `demo organisation: ${call.method} ${call.path} failed (${errorId})\n${(error as Error).stack}\n`,
  );
  const message = `An unexpected error occurred. Please include this ErrorId if you contact support: ${errorId}`;
  return new ApiError(500, 'UNKNOWN_EXCEPTION', message);
}

/** Lets a handler run only for a good session, and counts the call. */
export function withSession(handler: Handler): Handler {
  return (call) => {
    const session = call.org.sessions.use(tokenOf(call));
    if (session === null) throw new ApiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    call.userId = session.userId;
    return handler(call);
  };
}

/** A session that was allowed other things only. Clients are told by the text that signing in again will not help. */
function checkScope(call: Call): void {
  if (call.org.sessions.find(tokenOf(call))?.scopes.includes('api')) return;
  throw new ApiError(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API');
}

/** A handler below /services/data/vXX.0. */
export function withVersion(handler: Handler): Handler {
  return withSession((call) => {
    checkVersion(call);
    checkScope(call);
    call.org.usage.count();
    return handler(call);
  });
}

function tokenOf(call: Call): string {
  const given = /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(header(call, 'authorization'))?.[1];
  return given ?? call.query.get('oauth_token') ?? '';
}
