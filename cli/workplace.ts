/** Where `syncline run` works: in this process when the data folder is free, else through the engine that owns it. */
import { UserError } from '../contract/errors.ts';
import type { CheckScope } from '../contract/node.ts';
import type { RunEvent, RunState, RunSummary } from '../contract/run.ts';
import { isFinal } from '../contract/run.ts';
import type { Workflow } from '../contract/workflow.ts';
import type { Actor } from '../server/access/actor.ts';
import { audited } from '../server/access/audit.ts';
import type { Config } from '../server/config.ts';
import { nowText, systemClock, waitFor } from '../server/db/clock.ts';
import { createIds } from '../server/db/ids.ts';
import type { Db } from '../server/db/transaction.ts';
import { inRun, inTransaction } from '../server/db/transaction.ts';
import type { Catalog } from '../server/engine/catalog.ts';
import { readHealth } from '../server/engine/health.ts';
import type { OpenEngine } from '../server/engine/openEngine.ts';
import { openEngine } from '../server/engine/openEngine.ts';
import { createLog } from '../server/log.ts';
import { openControlOf, openStoresOf } from '../server/openData.ts';
import { decideTask, resumeRun, stopRun } from '../server/runs/commands.ts';
import { createRun } from '../server/runs/createRun.ts';
import { requireDisk } from '../server/runs/disk.ts';
import { listEvents } from '../server/runs/events.ts';
import type { RunDetail } from '../server/runs/readRuns.ts';
import { listRuns, readRun, readRunDetail } from '../server/runs/readRuns.ts';
import { retryRun } from '../server/runs/retryRun.ts';
import type { GivenConnections } from './connections.ts';

export interface Beginning {
  workflow: Workflow;
  file: string;
  /** Go on with an unfinished run of the workflow instead of starting one, if there is one. */
  resume: boolean;
  /** Go on with the last run of the workflow instead of starting one, if it failed or was stopped. */
  retry: boolean;
  /** What the tasks of that unfinished run are answered that ask something; null: nothing. */
  answer: boolean | null;
  toNode: string | null;
  simulate: boolean;
  known: NonNullable<CheckScope['connections']>;
}

export interface Workplace extends AsyncDisposable {
  db: Db;
  /** Throws what createRun throws, and DISK_LOW. */
  begin(asked: Beginning): Promise<{ id: string; workflow: Workflow }>;
  /** Calls back with events as they come, and gives all of them when the run has ended or waits for a person. */
  follow(runId: string, show: (events: RunEvent[]) => void): Promise<RunEvent[]>;
  stop(runId: string): Promise<void>;
  read(runId: string): Promise<RunDetail>;
}

const actor: Actor = { kind: 'system', name: 'cli', role: 'admin' };
const page = 1_000;
/** Between two looks when nothing announces events. */
const pauseMs = 200;
/** Milliseconds: as long as a lease. */
const silentAfter = 20_000;

/** Throws UserError DATA_FOLDER_BUSY or DATABASE_BUSY when another process does the work and connections were given that it cannot know. */
export async function openWorkplace(config: Config, catalog: Catalog, given: GivenConnections): Promise<Workplace> {
  const bell = createBell();
  const engine = await tryEngine(config, catalog, given, bell.ring);
  const db = engine?.db ?? (await openControlOf(config, systemClock));
  return {
    db,
    begin: (asked) => begin({ db, config, catalog, engine }, asked),
    follow: (runId, show) => follow(db, runId, show, bell.wait),
    async stop(runId) {
      await stopUnlessEnded(db, runId);
      engine?.engine.nudge();
    },
    read: (runId) => readRunDetail(db, runId),
    async [Symbol.asyncDispose]() {
      if (engine) await engine.close();
      else await db.destroy();
    },
  };
}

async function tryEngine(
  config: Config,
  catalog: Catalog,
  connections: GivenConnections,
  onEvents: () => void,
): Promise<OpenEngine | null> {
  const worker = config.databaseUrl === undefined ? null : await findWorker(config);
  if (worker !== null && connections.size > 0) throw new UserError('DATABASE_BUSY', { pid: worker });
  if (worker !== null) return null;
  try {
    return await openEngine(config, { log: createLog(config.logLevel), catalog, connections, onEvents });
  } catch (error) {
    const busy = error instanceof UserError && error.code === 'DATA_FOLDER_BUSY';
    if (!busy || connections.size > 0) throw error;
    return null;
  }
}

/** The pid of an engine that works on the database, wherever it runs; null if there is none. */
async function findWorker(config: Config): Promise<number | null> {
  const db = await openControlOf(config, systemClock);
  try {
    const health = await readHealth(db);
    const age = health === null ? Number.POSITIVE_INFINITY : systemClock.now().getTime() - Date.parse(health.beatAt);
    return health !== null && age <= silentAfter ? health.pid : null;
  } finally {
    await db.destroy();
  }
}

interface Tools {
  db: Db;
  config: Config;
  catalog: Catalog;
  /** null: the engine of another process does the work. */
  engine: OpenEngine | null;
}

async function begin(tools: Tools, asked: Beginning): Promise<{ id: string; workflow: Workflow }> {
  const run = (await goOn(tools.db, asked)) ?? (await create(tools, asked));
  await tools.engine?.engine.start(run.id);
  return { id: run.id, workflow: (await readRunDetail(tools.db, run.id)).workflowFile };
}

/** The run that was there before and goes on; null if a new one is to be started. */
async function goOn(db: Db, { resume, retry, answer, workflow }: Beginning): Promise<RunSummary | null> {
  const runs = await listRuns(db, { workflow: workflow.internalName });
  const unfinished = resume ? runs.find((run) => !isFinal(run.state)) : undefined;
  const at = nowText(systemClock);
  if (unfinished?.state === 'paused') return inRun(db, unfinished.id, (tx) => resumeRun(tx, unfinished.id, at));
  if (unfinished) return answer === null ? unfinished : decideAll(db, unfinished, answer);
  const [last] = runs;
  const unsuccessful = last?.state === 'failed' || last?.state === 'stopped';
  return retry && unsuccessful ? inRun(db, last.id, (tx) => retryRun(tx, last.id, at)) : null;
}

async function decideAll(db: Db, run: RunSummary, approved: boolean): Promise<RunSummary> {
  const { tasks } = await readRunDetail(db, run.id);
  const at = nowText(systemClock);
  let decided = run;
  for (const { id: taskId, asks } of tasks)
    if (asks)
      decided = await inRun(db, run.id, (tx) => decideTask(tx, run.id, at, { taskId, approved, by: 'cli', note: '' }));
  return decided;
}

async function create({ db, config, catalog, engine }: Tools, asked: Beginning): Promise<RunSummary> {
  await checkDisk(config, engine);
  const host = { catalog: catalog.definitions, newId: createIds(systemClock), at: nowText(systemClock) };
  return inTransaction(db, async (tx) => {
    const run = await createRun(tx, host, {
      workflow: asked.workflow,
      workflowId: null,
      version: null,
      origin: { kind: 'cli', by: asked.file },
      connections: asked.known,
      ...(asked.toNode === null ? {} : { toNode: asked.toNode }),
      simulated: asked.simulate,
    });
    const change = { tx, actor, now: new Date(host.at) };
    await audited(change, 'run.start', `workflow:${run.workflow}`, null, { run: run.id, file: asked.file });
    return run;
  });
}

async function checkDisk(config: Config, engine: OpenEngine | null): Promise<void> {
  const floor = config.diskFloorMB * 1_000_000;
  if (engine) return requireDisk(engine.stores, floor);
  const stores = openStoresOf(config, 'read');
  try {
    await requireDisk(stores, floor);
  } finally {
    await stores.close();
  }
}

const isOver = (state: RunState): boolean => isFinal(state) || state === 'paused' || state === 'waiting for approval';

async function follow(
  db: Db,
  runId: string,
  show: (events: RunEvent[]) => void,
  wait: () => Promise<void>,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    // The state first: events that come after it are then read below, so none of the last ones is missed.
    const { state } = await readRun(db, runId);
    const fresh = await listEvents(db, runId, events.at(-1)?.seq ?? 0, page);
    events.push(...fresh);
    if (fresh.length > 0) show(fresh);
    if (fresh.length === page) continue;
    if (isOver(state)) return events;
    await wait();
  }
}

/** Ctrl-C may come when the run has just ended. */
async function stopUnlessEnded(db: Db, runId: string): Promise<void> {
  try {
    await inRun(db, runId, (tx) => stopRun(tx, runId, nowText(systemClock)));
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'RUN_NOT_ACTIVE')) throw error;
  }
}

/** Wakes who waits when it rings; who waits too long wakes by himself. */
function createBell() {
  let waiting = new AbortController();
  return {
    ring: () => waiting.abort(),
    async wait(): Promise<void> {
      await waitFor(systemClock, pauseMs, waiting.signal);
      waiting = new AbortController();
    },
  };
}
