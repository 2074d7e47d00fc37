import http from 'node:http';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { answer, type Handler, withToken } from './answer.ts';
import type { Call } from './call.ts';
import { controlRoutes } from './control/routes.ts';
import { deliver, playEarly } from './deliver.ts';
import { ApiError, notFound } from './errors.ts';
import { effectsOf } from './faultKinds.ts';
import type { Org } from './org.ts';
import { ROUTES } from './routes.ts';

/** The largest body that is taken. */
const MAX_BODY = 5_900_000;

/** The HTTP server of an organisation; not listening yet. */
export function createServer(org: Org): http.Server {
  return http.createServer({ keepAliveTimeout: 30_000 }, createApp(org));
}

function createApp(org: Org): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/__demo', controlRoutes(org));
  app.use(straightenUrl, express.raw({ type: () => true, limit: MAX_BODY }));
  for (const { path, access, methods } of ROUTES) {
    app.all(path, (request, response) => {
      const known = methods[request.method === 'HEAD' ? 'GET' : request.method] ?? notAllowed;
      return serve(org, request, response, access === 'anybody' ? known : withToken(known, access));
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
  return error.status === undefined ? error : new ApiError(error.status, 10000, error.message);
}

const notAllowed: Handler = () => {
  throw new ApiError(405, 405, 'The requested resource does not support this HTTP method.');
};

/** Clients put two slashes where an instance URL ends with one, and name scheme and host when they ask by a proxy. */
const straightenUrl: RequestHandler = (request, _response, next) => {
  const [path, ...query] = request.url.replace(/^https?:\/\/[^/]+/i, '').split('?');
  request.url = [path!.replace(/\/{2,}/g, '/'), ...query].join('?');
  next();
};

async function serve(org: Org, request: Request, response: Response, handler: Handler): Promise<void> {
  const call = openCall(org, request);
  logWhenDone(call, response);
  await playEarly(call);
  const { cut, instead } = call.effects;
  const unseen = { status: 0, contentType: '', body: '', headers: {} };
  await deliver(call, instead ?? (await answer(call, cut === 'before' ? () => unseen : handler)), response);
}

function openCall(org: Org, request: Request): Call {
  const [path, ...query] = request.url.split('?');
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const matchable = { method: request.method, path: path!, query: decode(query.join('?')), body };
  const { localAddress, localPort } = request.socket;
  const byProxy = /^https?:/i.test(request.originalUrl);
  return {
    org,
    method: request.method,
    path: path!,
    params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    query: new URLSearchParams(query.join('?')),
    headers: request.headers,
    body,
    base: `http://${byProxy || !request.headers.host ? `${localAddress}:${localPort}` : request.headers.host}`,
    session: null,
    effects: effectsOf(org.faults.match(matchable)),
  };
}

/** Rules match the query as a person reads it. */
function decode(query: string): string {
  return [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`).join('&');
}

function logWhenDone(call: Call, response: Response): void {
  const { org, method, path } = call;
  const started = performance.now();
  response.once('close', () =>
    org.requests.add({
      at: new Date(org.clock.now()).toISOString(),
      method,
      path,
      query: [...call.query].map(([name, value]) => `${name}=${value}`).join('&'),
      status: response.headersSent ? response.statusCode : 0,
      milliseconds: Math.round(performance.now() - started),
      fault: call.effects.kinds.join(',') || null,
    }),
  );
}
