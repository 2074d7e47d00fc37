import type { Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { UserError } from '../../contract/errors.ts';
import type { Instance } from '../instance.ts';
import type { Waiting } from '../signals/waiting.ts';
import { listWaiting, secondsWaited } from '../signals/waiting.ts';
import { identify } from './authenticate.ts';
import { checkHealth } from './health.ts';
import { exchangeOf } from './router.ts';

export interface Metrics {
  /** Times every request, by endpoint and status: no names of workflows, no paths. */
  time: RequestHandler;
  answer(request: Request, response: Response): Promise<void>;
}

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Prometheus text. From this machine it is open; from elsewhere it takes a session or an API token. */
export function createMetrics(instance: Instance): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'syncline_web_' });
  const durations = new Histogram({
    name: 'syncline_http_duration_seconds',
    help: 'Time until a reply was sent, event streams left out.',
    labelNames: ['method', 'endpoint', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  addStateGauges(instance, registry);
  return {
    time(request, response, next) {
      const end = durations.startTimer({ method: request.method });
      response.once('finish', () => {
        const endpoint = exchangeOf(response).endpoint ?? 'other';
        if (endpoint !== 'streamEvents') end({ endpoint, status: response.statusCode });
      });
      next();
    },
    async answer(request, response) {
      const open = loopback.has(request.ip ?? '');
      if (!open && !(await identify(instance, request, instance.secureCookies))) throw new UserError('NOT_SIGNED_IN');
      response
        .type(registry.contentType)
        .set('cache-control', 'no-store')
        .send(await registry.metrics());
    },
  };
}

function addStateGauges(instance: Instance, registry: Registry): void {
  const registers = [registry];
  const byState = (name: string, table: 'runs' | 'tasks', help: string) =>
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      async collect() {
        this.reset();
        const rows: { state: string; n: number }[] = await instance
          .db(table)
          .groupBy('state')
          .select('state')
          .count({ n: '*' });
        for (const row of rows) this.set({ state: row.state }, Number(row.n));
      },
    });
  byState('syncline_runs', 'runs', 'Runs that are kept, by state.');
  byState('syncline_tasks', 'tasks', 'Tasks of runs that are kept, by state.');
  addWaitingGauges(instance, registers);
  const streams = () => instance.streams.count();
  new Gauge({
    name: 'syncline_event_streams',
    help: 'Open event streams.',
    registers,
    collect() {
      this.set(streams());
    },
  });
  new Gauge({
    name: 'syncline_engine_heartbeat_age_seconds',
    help: 'Seconds since the last heartbeat of the engine; -1 without an engine.',
    registers,
    async collect() {
      const { heartbeatAgeMs } = await checkHealth(instance);
      this.set(heartbeatAgeMs === null ? -1 : heartbeatAgeMs / 1_000);
    },
  });
}

/** By the path of the webhook. */
function addWaitingGauges({ db, clock }: Instance, registers: Registry[]): void {
  const byHook = (name: string, help: string, value: (waiting: Waiting) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['hook'],
      registers,
      async collect() {
        this.reset();
        for (const waiting of await listWaiting(db)) this.set({ hook: waiting.path }, value(waiting));
      },
    });
  byHook(
    'syncline_hook_waiting_events',
    'Events that came by a webhook and are not through: no run has taken them, or the one that has goes on or did not succeed.',
    ({ events }) => events,
  );
  byHook(
    'syncline_hook_oldest_waiting_seconds',
    'Seconds since the oldest of these came; 0 where none waits.',
    (waiting) => secondsWaited(waiting, clock.now()),
  );
}
