import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { loopbackOnly } from '../../kit/guard.ts';
import type { Org } from '../org.ts';
import { changeRows, listRows } from './rows.ts';
import { ControlError, readRule } from './rules.ts';
import { describeState } from './state.ts';

type Body = Record<string, unknown>;

/** What tests and demonstrations do to the organisation beside its API: clock, faults, rows, requests. */
export function controlRoutes(org: Org): Router {
  const router = Router();
  router.use(loopbackOnly, express.json({ limit: '50mb' }));
  router.get('/state', (_request, response) => response.json(describeState(org)));
  router.post('/clock', (request, response) => response.json(stepClock(org, request.body ?? {})));
  router.post('/package', (request, response) => response.json(changePackage(org, request.body ?? {})));
  router.get('/faults', (_request, response) => response.json(org.faults.list()));
  router.post('/faults', (request, response) => response.status(201).json(addFaults(org, request.body)));
  router.delete('/faults', (_request, response) => {
    org.faults.clear();
    response.status(204).end();
  });
  router.get('/rows', (request, response) => response.json(listRows(org, String(request.query.key ?? ''))));
  router.post('/rows', (request, response) => response.json(changeRows(org, request.body ?? {})));
  router.post('/locations', (request, response) => response.json(reachLocation(org, request.body ?? {})));
  router.get('/requests', (request, response) => response.json(org.requests.since(Number(request.query.since ?? 0))));
  router.delete('/requests', (_request, response) => {
    org.requests.clear();
    response.status(204).end();
  });
  router.use((_request, response) => response.status(404).json({ error: 'There is no such control endpoint.' }));
  router.use(answerError);
  return router;
}

function stepClock(org: Org, body: Body): unknown {
  if (typeof body.advanceSeconds === 'number') org.clock.advance(body.advanceSeconds);
  else if (typeof body.set === 'string') org.clock.set(body.set);
  else throw new ControlError('give advanceSeconds as a number or set as an instant');
  return org.clock.describe();
}

/** Takes scopes from the package, for tokens that are given out from now on. */
function changePackage(org: Org, { scopes }: Body): unknown {
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== 'string'))
    throw new ControlError('scopes must be a list of texts');
  org.package.scopes = scopes;
  return { scopes };
}

/** Says in which folder of this machine the files of a location lie. */
function reachLocation(org: Org, { key, folder }: Body): unknown {
  const location = org.locations.byKey(String(key ?? ''));
  if (location === undefined || typeof folder !== 'string')
    throw new ControlError('give the key of a location and a folder');
  location.folder = folder;
  return { key, folder };
}

function addFaults(org: Org, body: unknown): unknown {
  const rules = (Array.isArray(body) ? body : [body ?? {}]).map(readRule);
  return { ids: rules.map((rule) => org.faults.add(rule)) };
}

function answerError(error: Error, _request: Request, response: Response, _next: NextFunction): void {
  const isAsked = [ControlError, RangeError, SyntaxError].some((kind) => error instanceof kind);
  response.status(isAsked ? 400 : 500).json({ error: error.message });
}
