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
import { openControl } from '../server/db/control.ts';
import { createIds } from '../server/db/ids.ts';
import type { Db } from '../server/db/transaction.ts';
import { inRun, inTransaction } from '../server/db/transaction.ts';
import type { Catalog } from '../server/engine/catalog.ts';
import type { OpenEngine } from '../server/engine/openEngine.ts';
import { openEngine } from '../server/engine/openEngine.ts';
import { createLog } from '../server/log.ts';
import { stopRun } from '../server/runs/commands.ts';
import { createRun } from '../server/runs/createRun.ts';
import { requireDisk } from '../server/runs/disk.ts';
import { listEvents } from '../server/runs/events.ts';
import type { RunDetail } from '../server/runs/readRuns.ts';
import { listRuns, readRun, readRunDetail } from '../server/runs/readRuns.ts';
import { openStores } from '../server/tables/stores.ts';
import type { GivenConnections } from './connections.ts';

export interface Beginning {
  workflow: Workflow;
  file: string;
  /** Go on with an unfinished run of the workflow instead of starting one, if there is one. */
  resume: boolean;
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

/** Throws UserError DATA_FOLDER_BUSY when another process owns the folder and connections were given that it cannot know. */
export async function openWorkplace(config: Config, catalog: Catalog, given: GivenConnections): Promise<Workplace> {
  const bell = createBell();
  const engine = await tryEngine(config, catalog, given, bell.ring);
  const db = engine?.db ?? (await openControl(config.data, { clock: systemClock }));
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
  try {
    return await openEngine(config, { log: createLog(config.logLevel), catalog, connections, onEvents });
  } catch (error) {
    const busy = error instanceof UserError && error.code === 'DATA_FOLDER_BUSY';
    if (!busy || connections.size > 0) throw error;
    return null;
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
  const unfinished = asked.resume ? await findUnfinished(tools.db, asked.workflow) : null;
  const run = unfinished ?? (await create(tools, asked));
  await tools.engine?.engine.start(run.id);
  return { id: run.id, workflow: (await readRunDetail(tools.db, run.id)).workflowFile };
}

async function findUnfinished(db: Db, { internalName }: Workflow): Promise<RunSummary | null> {
  const runs = await listRuns(db, { workflow: internalName });
  return runs.find((run) => !isFinal(run.state)) ?? null;
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
    });
    const change = { tx, actor, now: new Date(host.at) };
    await audited(change, 'run.start', `workflow:${run.workflow}`, null, { run: run.id, file: asked.file });
    return run;
  });
}

async function checkDisk(config: Config, engine: OpenEngine | null): Promise<void> {
  const floor = config.diskFloorMB * 1_000_000;
  if (engine) return requireDisk(engine.stores, floor);
  const stores = openStores({ folder: config.data, mode: 'read' });
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
