import { randomBytes } from 'node:crypto';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import express from 'express';
import { UserError } from '../../contract/errors.ts';
import type { Instance } from '../instance.ts';
import { renderDocs } from './docsPage.ts';
import { serveEditor } from './editor.ts';
import { toFailure } from './errors.ts';
import { createHandlers } from './handlers/index.ts';
import { answerHealth, answerReady } from './health.ts';
import { createHooks } from './hooks.ts';
import { createMetrics } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { sendJson } from './reply.ts';
import type { Exchange } from './router.ts';
import { createRouter, exchangeOf } from './router.ts';
import { secureHeaders } from './security.ts';

export interface AppOptions {
  /** Folder of the built editor. */
  editor: string;
  /** Whether the server is about to stop. */
  closing(): boolean;
}

/** Everything that answers HTTP, in the order in which a request meets it. */
export function createApp(instance: Instance, options: AppOptions): Express {
  const { config, secureCookies } = instance;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('trust proxy', config.proxies).set('query parser', 'simple');
  const metrics = createMetrics(instance);
  app.use(beginExchange(instance), metrics.time, secureHeaders(secureCookies));
  app.use(refuseNul);
  app.get('/healthz', answerHealth(instance));
  app.get('/readyz', answerReady(instance, options.closing));
  app.get('/metrics', metrics.answer);
  app.get('/api/docs', showDocs(instance.version));
  app.use('/hooks', createHooks(instance));
  app.use(
    '/api',
    createRouter({
      access: instance,
      handlers: createHandlers(instance),
      publicUrl: config.publicUrl,
      secure: secureCookies,
      checkReplies: config.checkReplies,
    }),
  );
  app.use(serveEditor(options.editor));
  app.use((request) => {
    throw new UserError('NOT_FOUND', { what: `${request.method} ${request.path}` });
  });
  app.use(answerFailure);
  return app;
}

/** Gives each request an id, and says in the log how it ended. Query and body stay out: they hold what people search for. */
function beginExchange({ log }: Instance): RequestHandler {
  return (request, response, next) => {
    const id = randomBytes(9).toString('base64url');
    const exchange: Exchange = { id, log: log.child({ requestId: id }) };
    Object.assign(response.locals, exchange);
    response.set('x-request-id', id);
    const start = performance.now();
    response.once('close', () => {
      const { endpoint, caller } = exchangeOf(response);
      const { run, task } = request.params as { run?: string; task?: string };
      exchange.log[request.method === 'GET' ? 'debug' : 'info'](
        {
          endpoint,
          method: request.method,
          status: response.statusCode,
          ms: Math.round(performance.now() - start),
          by: caller?.actor.name,
          runId: run,
          taskId: task,
        },
        'request',
      );
    });
    next();
  };
}

/** No name here contains U+0000, and not every database can be asked for it. */
const refuseNul: RequestHandler = (request, _response, next) => {
  if (request.url.includes('%00'))
    throw new UserError('INVALID_INPUT', { reason: 'the address contains the character U+0000' });
  next();
};

function showDocs(version: string): RequestHandler {
  const page = renderDocs(describeApi(version));
  return (_request, response) => {
    response.type('html').set('cache-control', 'no-cache').send(page);
  };
}

const answerFailure: ErrorRequestHandler = async (error, request, response, next) => {
  const { id, log } = exchangeOf(response);
  const failure = toFailure(error, id);
  if (failure.bug) log.error({ err: error }, 'a request failed unexpectedly');
  // Half a reply cannot be taken back: express cuts the connection, so that nobody takes it for a whole one.
  if (response.headersSent) return next(error);
  if (failure.retryAfter !== null) response.set('retry-after', String(failure.retryAfter));
  await sendJson(request, response, failure.status, failure.reply);
};
