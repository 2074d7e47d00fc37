import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { answer, guarded } from './answer.ts';
import { type Call, openCall, type Parts } from './call.ts';
import { controlRoutes } from './control/routes.ts';
import { deliver } from './deliver.ts';
import { noSegment, ODataError } from './errors.ts';
import { noEffects } from './faultKinds.ts';
import type { Org } from './org.ts';
import { noContent, type Reply } from './reply.ts';
import { route } from './rest/route.ts';
import { issueToken } from './signIn/token.ts';

/** More than Dataverse takes, so that refusing a long address is ours to do. */
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_BODY = '128mb';
const LONGEST_ADDRESS = 32_768;

/** The HTTP server of an organisation; not listening yet. */
export function createServer(org: Org): http.Server {
  return http.createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 }, createApp(org));
}

function createApp(org: Org): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/__demo', controlRoutes(org));
  app.use(express.raw({ type: () => true, limit: MAX_BODY }));
  app.use((request, response) => serve(org, request, response));
  app.use((error: Error & { status?: number }, request: Request, response: Response, next: NextFunction) =>
    response.headersSent || error.status === undefined ? next(error) : refuse(org, request, response, error),
  );
  return app;
}

const partsOf = (request: Request): Parts => {
  const [path = '', ...query] = request.url.split('?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
  );
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { method: request.method, path, query: query.join('?'), headers, body };
};

async function serve(org: Org, request: Request, response: Response): Promise<void> {
  const parts = partsOf(request);
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const effects = org.faults.match({ ...parts, path: decoded(parts.path), query: decoded(parts.query) });
  const call = openCall({ org, base, effects, references: null }, parts);
  logWhenDone(call, parts.query, response);
  let leave: () => void = () => undefined;
  const reply = await answerLate(call, async () => {
    if (parts.path.startsWith('/api/')) leave = org.protection.enter();
    if (effects.delayMs > 0) await setTimeout(effects.delayMs);
    if (effects.expireTokens) org.app.expireAll();
    return effects.instead ?? (effects.cut === 'before' ? noContent() : answer(call, handle));
  });
  leave();
  const { headers } = org.protection;
  deliver(
    call,
    { ...reply, headers: { 'x-ms-service-request-id': randomUUID(), ...headers, ...reply.headers } },
    response,
  );
}

/** Limits refuse ahead of everything else, in the words of the Web API. */
async function answerLate(call: Call, work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    return answer(call, () => {
      throw error;
    });
  }
}

function handle(call: Call): Reply {
  const token = /^\/([^/]+)\/oauth2\/(v2\.0\/)?token$/.exec(call.path);
  if (token) return issueToken(call, decodeURIComponent(token[1] ?? ''), token[2] === undefined);
  if (!/^\/api\/data\/v9\.[0-9]+(\/|$)/.test(call.path)) throw noSegment(call.path.slice(1));
  if (call.path.length + [...call.query].join('').length > LONGEST_ADDRESS)
    throw new ODataError(414, '', 'The request URI is too long.');
  return guarded(call, route);
}

function refuse(org: Org, request: Request, response: Response, error: Error & { status?: number }): void {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const call = openCall({ org, base, effects: noEffects(), references: null }, partsOf(request));
  const status = error.status ?? 500;
  deliver(
    call,
    answer(call, () => {
      throw new ODataError(status, '0x80060888', error.message);
    }),
    response,
  );
}

/** Rules match addresses as a person reads them. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function logWhenDone(call: Call, query: string, response: Response): void {
  const { org, method, path } = call;
  const started = performance.now();
  response.once('close', () =>
    org.requests.add({
      at: new Date(org.clock.now()).toISOString(),
      method,
      path: decoded(path),
      query: decoded(query),
      status: response.headersSent ? response.statusCode : 0,
      milliseconds: Math.round(performance.now() - started),
      fault: call.effects.kinds.join(',') || null,
    }),
  );
}
