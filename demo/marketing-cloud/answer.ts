import { randomUUID } from 'node:crypto';
import { type Call, header } from './call.ts';
import { ApiError, notAuthorised } from './errors.ts';
import { json, type Reply } from './reply.ts';

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Runs a handler and turns whatever it throws into what Marketing Cloud would answer. */
export async function answer(call: Call, handler: Handler): Promise<Reply> {
  try {
    return await handler(call);
  } catch (error) {
    const apiError = error instanceof ApiError ? error : unexpected(call, error);
    return json(apiError.body, apiError.status, apiError.headers);
  }
}

/** A bug of the demo's own, answered and noted as one. */
function unexpected(call: Call, error: unknown): ApiError {
  const id = randomUUID();
  process.stderr.write(`demo organisation: ${call.method} ${call.path} failed (${id})\n${(error as Error).stack}\n`);
  return new ApiError(500, 50000, `Internal Server Error (${id})`);
}

/** Lets a handler run only for a good token that has the scope. What it may do is judged before what it asks for. */
export function withToken(handler: Handler, scope: string | null): Handler {
  return (call) => {
    const token = /^Bearer\s+(\S+)$/i.exec(header(call, 'authorization'))?.[1] ?? '';
    const session = call.org.sessions.find(token);
    if (session === null || session === 'expired') throw notAuthorised();
    if (scope !== null && !session.scopes.includes(scope))
      throw new ApiError(403, 20000, 'Insufficient privileges to complete this action.');
    call.session = session;
    return handler(call);
  };
}
