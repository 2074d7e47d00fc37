import http from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { answer, type Handler, withSession, withVersion } from './answer.ts';
import type { Call } from './call.ts';
import { controlRoutes } from './control/routes.ts';
import { deliver, playEarly } from './deliver.ts';
import { ApiError, notFound } from './errors.ts';
import { refuseLongRequests, straightenUrl } from './intake.ts';
import type { Org } from './org.ts';
import { ROUTES } from './routes.ts';

/** More than Salesforce takes, so that refusing a long request is ours to do. */
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_BODY = '150mb';

/** The HTTP server of an organisation; not listening yet. */
export function createServer(org: Org): http.Server {
  return http.createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 30_000 }, createApp(org));
}

function createApp(org: Org): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/__demo', controlRoutes(org));
  app.use(straightenUrl, refuseLongRequests, express.raw({ type: () => true, limit: MAX_BODY }), overrideMethod);
  for (const { path, access, methods } of ROUTES) {
    const guard =
      access === 'version' ? withVersion : access === 'session' ? withSession : (handler: Handler) => handler;
    app.all(path, (request, response) => {
      const handler = methods[request.method === 'HEAD' ? 'GET' : request.method] ?? notAllowed(Object.keys(methods));
      return serve(org, request, response, guard(handler));
    });
  }
  app.use((request, response) => serve(org, request, response, () => Promise.reject(notFound())));
  app.use((error: HttpError, request: Request, response: Response, next: NextFunction) =>
    response.headersSent ? next(error) : serve(org, request, response, () => Promise.reject(unreadable(error))),
  );
  return app;
}

/** What express says of a request it cannot read, such as a body that is too long. */
interface HttpError extends Error {
  status?: number;
}

/** An error without a status is a bug of the demo's own, and is answered and noted as one. */
function unreadable(error: HttpError): Error {
  return error.status === undefined ? error : new ApiError(error.status, 'BAD_REQUEST', error.message);
}

function notAllowed(methods: string[]): Handler {
  return (call) => {
    const allowed = methods.includes('GET') ? ['HEAD', ...methods] : methods;
    const message = `HTTP Method '${call.method}' not allowed. Allowed are ${allowed.join(',')}`;
    throw new ApiError(405, 'METHOD_NOT_ALLOWED', message);
  };
}

/** Clients that cannot send PATCH send POST and say so in the query. */
function overrideMethod(request: Request, _response: Response, next: NextFunction): void {
  const method = new URLSearchParams(request.url.split('?')[1] ?? '').get('_HttpMethod');
  if (request.method === 'POST' && method !== null) request.method = method.toUpperCase();
  next();
}

async function serve(org: Org, request: Request, response: Response, handler: Handler): Promise<void> {
  const call = openCall(org, request);
  logWhenDone(call, request, response);
  await playEarly(call);
  org.sweepBins();
  const { cut, instead } = call.effects;
  const played: Handler = cut === 'before' ? () => ({ status: 0, contentType: '', body: '', headers: {} }) : handler;
  await deliver(call, instead ?? (await answer(call, played)), response);
}

function openCall(org: Org, request: Request): Call {
  const [path, ...query] = request.url.split('?');
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const matchable = { method: request.method, path: path!, query: decode(query.join('?')), body };
  return {
    org,
    method: request.method,
    path: path!,
    params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    query: new URLSearchParams(query.join('?')),
    headers: request.headers,
    body,
    base: `http://${request.headers.host ?? 'localhost'}`,
    userId: '',
    effects: org.faults.match(matchable),
  };
}

/** Rules match the query as a person reads it. */
function decode(query: string): string {
  return [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).join('&');
}

function logWhenDone(call: Call, request: Request, response: Response): void {
  const { org, method, path } = call;
  const started = performance.now();
  const [, ...query] = request.url.split('?');
  response.once('close', () =>
    org.requests.add({
      at: new Date(org.clock.now()).toISOString(),
      method,
      path,
      query: decode(query.join('?')),
      status: response.headersSent ? response.statusCode : 0,
      milliseconds: Math.round(performance.now() - started),
      fault: call.effects.kinds.join(',') || null,
    }),
  );
}
