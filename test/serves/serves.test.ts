/** Two whole servers on one PostgreSQL, each with its engine in a process of its own, on one clock that the test steps. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunOrigin } from '../../contract/run.ts';
import { finalRunStates } from '../../contract/run.ts';
import { draw } from '../engine/draw.ts';
import { createDatabase, dropDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { testPatience } from '../harness/patience.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Product } from '../harness/product.ts';
import { startProduct } from '../harness/product.ts';
import type { SharedClock } from './sharedClock.ts';
import { startSharedClock } from './sharedClock.ts';

/** An hour of instants, with many processes started and killed. */
vi.setConfig({ testTimeout: 2 * testPatience });

const began = '2026-03-02T08:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(began) + seconds * 1_000).toISOString();

let folder: string;
let url: string;
let db: Client;
let clock: SharedClock;
/** Of an admin: each start ends the sign-in links of the starts before. */
let token: string | undefined;
let first: Product;
let second: Product;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-serves-'));
  url = await createDatabase();
  clock = await startSharedClock(began);
  first = await startServer('first');
  token = (await first.call('createToken', { body: { label: 'test', role: 'admin' } })).secret;
  second = await startServer('second');
  db = new Client({ connectionString: url, options: '-c search_path=syncline' });
  await db.connect();
});
afterEach(async () => {
  await db.end();
  await Promise.all([first.stop(), second.stop()]);
  await clock.close();
  await dropDatabase(url);
  await rm(folder, { recursive: true });
});

function startServer(own: string): Promise<Product> {
  const program = new URL('./clockedServe.ts', import.meta.url);
  const env = { DATABASE_URL: url, ...clock.env };
  return startProduct({ folder: join(folder, own), program, env, ...(token ? { token } : {}) });
}

async function restartFirst(): Promise<void> {
  await first.stop();
  first = await startServer('first');
}

/** As when its machine fails: kill -9 of all its processes. */
async function killSecond(): Promise<void> {
  for (const pid of await childrenOf(second.pid)) process.kill(pid, 'SIGKILL');
  await killSecondWeb();
}

/** Its engine ends by itself. */
async function killSecondWeb(): Promise<void> {
  await second.kill();
  second = await startServer('second');
}

/** Its server starts another. */
async function killEngineOf({ pid }: Product): Promise<void> {
  const killed = await childrenOf(pid);
  for (const engine of killed) process.kill(engine, 'SIGKILL');
  await eventually(async () => {
    const engines = await childrenOf(pid);
    expect(engines.filter((engine) => !killed.includes(engine))).toHaveLength(1);
  });
}

/** Of both servers, as when the network fails for a moment. */
async function cutConnections(): Promise<void> {
  const theirs = "datname = current_database() and application_name like 'syncline%'";
  const cut = await read(`select pg_terminate_backend(pid) from pg_stat_activity where ${theirs}`);
  expect(cut.length).toBeGreaterThan(0);
}

async function read<Row extends object>(text: string, ...values: unknown[]): Promise<Row[]> {
  return (await db.query<Row>(text, values)).rows;
}

const listActive = () => read('select id from runs where state <> all($1)', finalRunStates);

/** Lets time pass in strides while something happens. None begins before all that is due was fired. */
async function pass(seconds: number, stride: number, meanwhile: () => Promise<unknown>): Promise<void> {
  const happening = meanwhile();
  const end = clock.now().getTime() + seconds * 1_000;
  while (clock.now().getTime() < end) {
    await clock.step(stride * 1_000);
    while (!(await isFiredSoon())) await clock.step(1_000);
  }
  await happening;
  // Two servers, two engines.
  await eventually(() => expect(clock.followers()).toBe(4));
}

/** False when it is not: an engine that failed, as by a lost connection, tries again when time has passed. */
async function isFiredSoon(): Promise<boolean> {
  const latest = performance.now() + 3_000;
  do {
    const due = await read('select from schedules where next_at <= $1', clock.now().toISOString());
    // A killed engine may hold some until time passes.
    if (due.length === 0 && (await listActive()).length <= 20) return true;
  } while (performance.now() < latest);
  return false;
}

interface Edit {
  cron: string;
  overlap: 'skip' | 'parallel';
  arrows: string;
}

const params = { workflow: 'each_second' };
const drawEdit = ({ cron, overlap, arrows }: Edit) => {
  const config = { cron, timeZone: '', overlap, catchUp: 'all' };
  return draw(arrows, { t: { type: 'timer', config } }, {}, params.workflow);
};

async function publish(server: Product, edit: Edit): Promise<void> {
  const { revision } = await server.call('getWorkflow', { params });
  const saved = await server.call('saveWorkflow', { params, body: { workflow: drawEdit(edit), revision } });
  await server.call('publishWorkflow', { params, body: { revision: saved.revision } });
}

interface Fire {
  instant: string;
  outcome: string;
  run_id: string | null;
}

it('a schedule each second fires each instant of an hour once: restarts, kills, edits, lost connections', async () => {
  const plain: Edit = { cron: '* * * * * *', overlap: 'skip', arrows: 't -> a' };
  await first.call('createWorkflow', { body: { workflow: drawEdit(plain) } });
  await publish(first, plain);
  await pass(600, 30, restartFirst);
  await pass(600, 30, killSecond);
  // From here on each instant has a run that is executed.
  await pass(75, 5, () => publish(first, { ...plain, overlap: 'parallel', arrows: 't -> a, a -> b' }));
  const parallelFrom = clock.now().toISOString();
  await pass(75, 5, killSecondWeb);
  await pass(75, 5, restartFirst);
  await pass(75, 5, () => killEngineOf(first));
  const parallelTo = clock.now().toISOString();
  // The same instants by another plan.
  await pass(600, 30, () => publish(second, { ...plain, cron: '*/1 * * * * *' }));
  await pass(600, 30, cutConnections);
  await pass(900, 30, () => Promise.all([restartFirst(), killSecond()]));
  const passed = (clock.now().getTime() - Date.parse(began)) / 1_000;
  expect(passed).toBeGreaterThanOrEqual(3_600);
  await second.call('unpublishWorkflow', { params });
  await eventually(async () => {
    await clock.step(1_000);
    expect(await listActive()).toEqual([]);
  });

  const fires = await read<Fire>('select instant, outcome, run_id from schedule_fires order by instant');
  expect(fires.map((fire) => fire.instant)).toEqual(Array.from({ length: passed }, (_, index) => after(index + 1)));
  expect(new Set(fires.map((fire) => fire.outcome))).toEqual(new Set(['started', 'skipped']));
  const parallel = fires.filter(({ instant }) => instant > parallelFrom && instant <= parallelTo);
  expect(parallel.filter((fire) => fire.outcome !== 'started')).toEqual([]);
  const runs = await read<{ id: string; origin: string; state: string }>('select id, origin, state from runs');
  const started = fires.filter((fire) => fire.run_id !== null);
  expect(new Map(runs.map((run) => [(JSON.parse(run.origin) as RunOrigin).instant, run.id]))).toEqual(
    new Map(started.map((fire) => [fire.instant, fire.run_id])),
  );
  expect(runs).toHaveLength(started.length);
  expect(runs.filter((run) => run.state !== 'succeeded')).toEqual([]);
});
