import type { NextFunction, Request, RequestHandler, Response } from 'express';
import express from 'express';
import type { Endpoint, EndpointName } from '../../contract/api.ts';
import { api } from '../../contract/api.ts';
import { UserError } from '../../contract/errors.ts';
import type { Access } from '../access/access.ts';
import { requireRole } from '../access/actor.ts';
import type { Log } from '../log.ts';
import type { Caller } from './authenticate.ts';
import { identify } from './authenticate.ts';
import { refuseCrossSite } from './crossSite.ts';
import { sendJson } from './reply.ts';
import type { Call, Handlers } from './route.ts';
import { validate } from './validate.ts';

export interface RouterOptions {
  access: Access;
  handlers: Handlers;
  publicUrl: string | undefined;
  /** Whether cookies travel over https only. */
  secure: boolean;
  /** Compares each reply with its documented shape: for development and tests. */
  checkReplies: boolean;
}

/** What the middlewares leave on a request for those behind them. */
export interface Exchange {
  id: string;
  log: Log;
  endpoint?: EndpointName;
  caller?: Caller | null;
}
export const exchangeOf = (response: Response): Exchange => response.locals as Exchange;

/** Before anyone is known only little is read. */
const publicBody = express.json({ limit: '16kb', strict: false });
const body = express.json({ limit: '16mb', strict: false });

/** Mounts every endpoint of the contract, and nothing else: sign-in, role, validation, handler, reply. */
export function createRouter(options: RouterOptions): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const name of Object.keys(api) as EndpointName[]) {
    const endpoint: Endpoint = api[name];
    const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
    router[method](endpoint.path, admit(name, endpoint, options), readBody(endpoint), answer(name, endpoint, options));
  }
  router.use((request) => {
    throw new UserError('NOT_FOUND', { what: `${request.method} /api${request.path}` });
  });
  return router;
}

function admit(name: EndpointName, endpoint: Endpoint, options: RouterOptions): RequestHandler {
  return async (request, response, next) => {
    const exchange = exchangeOf(response);
    exchange.endpoint = name;
    exchange.caller = await identify(options.access, request, options.secure);
    const byCookie = typeof exchange.caller?.session === 'string';
    if (endpoint.role !== 'public' && !exchange.caller) throw new UserError('NOT_SIGNED_IN');
    if (request.get('authorization') === undefined)
      refuseCrossSite(request, { byCookie, publicUrl: options.publicUrl });
    if (endpoint.role !== 'public' && exchange.caller) requireRole(exchange.caller.actor, endpoint.role);
    next();
  };
}

function readBody(endpoint: Endpoint): RequestHandler {
  if (!endpoint.body) return (_request, _response, next) => next();
  return endpoint.role === 'public' ? publicBody : body;
}

function answer(name: EndpointName, endpoint: Endpoint, options: RouterOptions): RequestHandler {
  const handle = options.handlers[name] as (call: unknown) => Promise<unknown>;
  return async (request: Request, response: Response, _next: NextFunction) => {
    const reply = await handle(makeCall(endpoint, request, response));
    if (endpoint.kind !== undefined && endpoint.kind !== 'json') return;
    if (options.checkReplies) endpoint.reply.parse(reply);
    await sendJson(request, response, 200, reply);
  };
}

function makeCall(endpoint: Endpoint, request: Request, response: Response): Call<EndpointName> {
  const { caller, log } = exchangeOf(response);
  return {
    actor: caller?.actor ?? null,
    session: caller?.session ?? null,
    query: endpoint.query && validate(endpoint.query, request.query, 'query'),
    body: endpoint.body && validate(endpoint.body, request.body, 'body'),
    param: (name: string) => readParam(request, name),
    log,
    request,
    response,
  } as Call<EndpointName>;
}

function readParam(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string') throw new Error(`The path has no parameter "${name}"`);
  return value;
}
