import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { loopbackOnly } from '../../kit/guard.ts';
import { ODataError } from '../errors.ts';
import type { Org } from '../org.ts';
import { changeRecords } from './records.ts';
import { ControlError, readRule } from './rules.ts';

/** What tests and demonstrations do to the organisation beside its API: clock, faults, rows, limits, requests. */
export function controlRoutes(org: Org): Router {
  const router = Router();
  router.use(loopbackOnly, express.json({ limit: '50mb' }));
  router.get('/state', (_request, response) => response.json(describeState(org)));
  router.post('/clock', (request, response) => response.json(stepClock(org, request.body ?? {})));
  router.post('/app', (request, response) => response.json(changeApp(org, request.body ?? {})));
  router.get('/faults', (_request, response) => response.json(org.faults.list()));
  router.post('/faults', (request, response) => response.status(201).json(addFaults(org, request.body)));
  router.delete('/faults', (_request, response) => {
    org.faults.clear();
    response.status(204).end();
  });
  router.post('/records', (request, response) => response.json({ ids: changeRecords(org, request.body) }));
  router.get('/requests', (request, response) => response.json(org.requests.since(Number(request.query.since ?? 0))));
  router.delete('/requests', (_request, response) => {
    org.requests.clear();
    response.status(204).end();
  });
  router.post('/limits', (request, response) => response.json(setLimits(org, request.body ?? {})));
  router.use((_request, response) => response.status(404).json({ error: 'There is no such control endpoint.' }));
  router.use(answerError);
  return router;
}

function describeState(org: Org): Record<string, unknown> {
  const tables = org.tables.map((table) => [
    table.name,
    { rows: table.rows.size, deleted: table.deletions.length, bin: table.bin.size },
  ]);
  return {
    seed: org.settings.seed,
    contacts: org.settings.contacts,
    clock: org.clock.describe(),
    organizationId: org.id,
    userId: org.userId,
    tenant: org.tenant,
    tables: Object.fromEntries(tables),
    tokens: org.app.openTokens,
    limits: { used: org.protection.used, requests: org.protection.most, concurrent: org.protection.mostTogether },
    requests: org.requests.total,
    faults: org.faults.list(),
    recycleBin: org.settings.recycleBin,
  };
}

function stepClock(org: Org, body: { advanceSeconds?: unknown; set?: unknown }): unknown {
  if (typeof body.advanceSeconds === 'number') org.clock.advance(body.advanceSeconds);
  else if (typeof body.set === 'string') org.clock.set(body.set);
  else throw new ControlError('give advanceSeconds as a number or set as an instant');
  return org.clock.describe();
}

const SWITCHES = ['secretExpired', 'hasUser', 'recycleBin'] as const;

function changeApp(org: Org, body: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(body)) {
    const known = SWITCHES.find((one) => one === name);
    if (known === undefined) throw new ControlError(`"${name}" is not one of ${SWITCHES.join(', ')}`);
    if (typeof value !== 'boolean') throw new ControlError(`${name} must be true or false`);
    if (known === 'recycleBin') org.switchRecycleBin(value);
    else org.app[known] = value;
  }
  const { clientId, clientSecret, secretExpired, hasUser } = org.app;
  return { clientId, clientSecret, secretExpired, hasUser, tenant: org.tenant, recycleBin: org.settings.recycleBin };
}

function addFaults(org: Org, body: unknown): unknown {
  const rules = (Array.isArray(body) ? body : [body ?? {}]).map(readRule);
  return { ids: rules.map((rule) => org.faults.add(rule)) };
}

function setLimits(org: Org, { requests, concurrent }: { requests?: unknown; concurrent?: unknown }): unknown {
  if (typeof requests !== 'number' && typeof concurrent !== 'number')
    throw new ControlError('give requests or concurrent as a number');
  if (typeof requests === 'number') org.protection.most = requests;
  if (typeof concurrent === 'number') org.protection.mostTogether = concurrent;
  return { requests: org.protection.most, concurrent: org.protection.mostTogether };
}

function answerError(error: Error, _request: Request, response: Response, _next: NextFunction): void {
  const code = error instanceof ODataError ? error.code : undefined;
  const isAsked = [ControlError, ODataError, RangeError, SyntaxError].some((kind) => error instanceof kind);
  response.status(isAsked ? 400 : 500).json({ error: error.message, code });
}
