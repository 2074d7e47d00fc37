import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { loopbackOnly } from '../../kit/guard.ts';
import { ApiError, RecordError } from '../errors.ts';
import type { Org } from '../org.ts';
import { JsonTypeError } from '../writes/coerce.ts';
import { changeApp, describeApp } from './app.ts';
import { changeBin } from './bin.ts';
import { changeRecords, type RecordChange } from './records.ts';
import { ControlError, readRule } from './rules.ts';
import { describeState } from './state.ts';
import { transactionRoutes } from './transactions.ts';

/** What tests and demonstrations do to the organisation beside its API: clock, faults, records, requests. */
export function controlRoutes(org: Org): Router {
  const router = Router();
  router.use(loopbackOnly, express.json({ limit: '50mb' }));
  router.get('/state', (_request, response) => response.json(describeState(org)));
  router.post('/clock', (request, response) => response.json(stepClock(org, request.body ?? {})));
  router.get('/app', (_request, response) => response.json(describeApp(org)));
  router.post('/app', (request, response) => response.json(changeApp(org, request.body ?? {})));
  router.get('/faults', (_request, response) => response.json(org.faults.list()));
  router.post('/faults', (request, response) => response.status(201).json(addFaults(org, request.body)));
  router.delete('/faults', (_request, response) => {
    org.faults.clear();
    response.status(204).end();
  });
  router.post('/records', async (request, response) => {
    const changes: RecordChange[] = Array.isArray(request.body) ? request.body : [request.body ?? {}];
    response.json({ ids: await changeRecords(org, changes) });
  });
  router.use('/transactions', transactionRoutes(org));
  router.post('/bin', (request, response) => response.json(changeBin(org, request.body ?? {})));
  router.get('/requests', (request, response) => response.json(org.requests.since(Number(request.query.since ?? 0))));
  router.delete('/requests', (_request, response) => {
    org.requests.clear();
    response.status(204).end();
  });
  router.post('/limits', (request, response) => response.json(setLimit(org, request.body ?? {})));
  router.use((_request, response) => response.status(404).json({ error: 'There is no such control endpoint.' }));
  router.use(answerError);
  return router;
}

function stepClock(org: Org, body: { advanceSeconds?: unknown; set?: unknown }): unknown {
  if (typeof body.advanceSeconds === 'number') org.clock.advance(body.advanceSeconds);
  else if (typeof body.set === 'string') org.clock.set(body.set);
  else throw new ControlError('give advanceSeconds as a number or set as an instant');
  return org.clock.describe();
}

function addFaults(org: Org, body: unknown): unknown {
  const rules = (Array.isArray(body) ? body : [body ?? {}]).map(readRule);
  return { ids: rules.map((rule) => org.faults.add(rule)) };
}

function setLimit(org: Org, body: { dailyRequests?: unknown; replicationIds?: unknown }): unknown {
  const { dailyRequests, replicationIds } = body;
  if (typeof dailyRequests !== 'number' && typeof replicationIds !== 'number')
    throw new ControlError('give dailyRequests or replicationIds as a number');
  if (typeof dailyRequests === 'number') org.usage.max = dailyRequests;
  if (typeof replicationIds === 'number') org.replicationIds = replicationIds;
  return { used: org.usage.used, max: org.usage.max, replicationIds: org.replicationIds };
}

function answerError(error: Error, _request: Request, response: Response, _next: NextFunction): void {
  const details = error instanceof RecordError ? error.faults : error instanceof ApiError ? error.bodies : undefined;
  const isAsked = [ControlError, RecordError, ApiError, JsonTypeError, RangeError, SyntaxError].some(
    (kind) => error instanceof kind,
  );
  response.status(isAsked ? 400 : 500).json({ error: error.message, details });
}
