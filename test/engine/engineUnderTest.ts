/** An engine on a real control store in a folder of its own. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunEvent, RunState } from '../../contract/run.ts';
import { isFinal } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import { Sandbox } from '../../sandbox/index.ts';
import { nowText } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { createIds } from '../../server/db/ids.ts';
import type { Db, Tx } from '../../server/db/transaction.ts';
import { inRun, inTransaction } from '../../server/db/transaction.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import type { Engine, EngineOptions } from '../../server/engine/engine.ts';
import { createEngine } from '../../server/engine/engine.ts';
import { createLog } from '../../server/log.ts';
import { killRun, pauseRun, resumeRun, stopRun, wakeRun } from '../../server/runs/commands.ts';
import type { RunRequest } from '../../server/runs/createRun.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { listEvents } from '../../server/runs/events.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { readRunDetail } from '../../server/runs/readRuns.ts';
import { restartRun } from '../../server/runs/restartRun.ts';
import { retryRun } from '../../server/runs/retryRun.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { Stores } from '../../server/tables/types.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import { eventually } from '../harness/eventually.ts';
import { countLooks, waitForLook } from '../harness/looks.ts';
import { patience } from '../harness/patience.ts';
import type { SteppedClock } from '../harness/steppedClock.ts';
import { createSteppedClock } from '../harness/steppedClock.ts';
import type { Acts } from './draw.ts';
import { actCatalog } from './draw.ts';

export interface UnderTest {
  folder: string;
  db: Db;
  clock: SteppedClock;
  catalog: Catalog;
  engine: Engine;
  stores: Stores;
  sandbox: Sandbox;
  /** Another engine on the same store, not started; `options` win. */
  another(options?: Partial<EngineOptions>): Engine;
  /** Starts a run and nudges the engine. Gives its id. */
  begin(workflow: Workflow, request?: Partial<RunRequest>): Promise<string>;
  /** Waits until the run is in the state, stepping nothing. */
  until(runId: string, state: RunState): Promise<RunDetail>;
  /** Starts a run and waits for its end. */
  finish(workflow: Workflow, request?: Partial<RunRequest>): Promise<RunDetail>;
  /** Waits until what the function says holds, while the clock stands. */
  eventually(check: () => Promise<void> | void): Promise<void>;
  /**
   * The same, while time passes: half a second, after which an engine that works looks around by itself, and so on. The clock
   * waits for that look: on a slow machine no more of its time passes than on a fast one.
   */
  passUntil(check: () => Promise<void> | void): Promise<void>;
  /** Until the engine has looked around at this instant, whole, and begun what it found: what it has not done then, it does not do. */
  lookAround(): Promise<void>;
  command(runId: string, command: keyof typeof commands): Promise<void>;
  /** Gives the id of the new run. */
  restart(runId: string): Promise<string>;
  wakeNode(runId: string, nodeId: string): Promise<void>;
  events(runId: string): Promise<RunEvent[]>;
  read(runId: string): Promise<RunDetail>;
  close(): Promise<void>;
}

const commands = {
  stop: stopRun,
  kill: killRun,
  wake: (tx: Tx, runId: string, at: string) => wakeRun(tx, runId, at),
  pause: pauseRun,
  resume: resumeRun,
  retry: retryRun,
};

export async function engineUnderTest(
  acts: Acts = {},
  given: Partial<EngineOptions> & { started?: boolean; database?: TestDatabase; clock?: SteppedClock } = {},
): Promise<UnderTest> {
  const { started = true, database: chosen, clock = createSteppedClock(), ...options } = given;
  const database = chosen ?? (await makeDatabase());
  const { folder } = database;
  const db = await openControl(database.place, { clock });
  const catalog = options.catalog ?? actCatalog(acts);
  const sandbox = new Sandbox({ workers: 1 });
  const stores = openStores({ ...(database.url === undefined ? { folder } : { url: database.url }), mode: 'write' });
  const newId = createIds(clock);
  const looks = countLooks(db);
  const engines: Engine[] = [];
  const another = (own: Partial<EngineOptions> = {}): Engine => {
    const made = createEngine({
      db,
      clock,
      newId,
      stores,
      sandbox,
      catalog,
      loadConnection: () => Promise.reject(new Error('There are no connections in this test.')),
      timeZone: 'UTC',
      filesFolder: join(folder, 'files'),
      log: createLog('silent'),
      random: () => 0,
      ...options,
      ...own,
    });
    engines.push(made);
    return made;
  };
  const engine = another();
  const lookAround = () => waitForLook(looks, engines);
  const test: UnderTest = {
    folder,
    db,
    clock,
    catalog,
    engine,
    stores,
    sandbox,
    another,
    eventually,
    lookAround,
    passUntil: (check) =>
      eventually(async () => {
        const before = looks();
        await clock.step(longestRest);
        // A round that fails ends before its look, and the next one needs more time to pass.
        await eventually(() => expect(looks()).toBeGreaterThan(before), patience / 10);
        await check();
      }),
    async begin(workflow, request) {
      const host = { catalog: catalog.definitions, newId, at: nowText(clock) };
      const run = await inTransaction(db, (tx) =>
        createRun(tx, host, {
          workflow,
          workflowId: null,
          version: null,
          origin: { kind: 'manual', by: 'test' },
          ...request,
        }),
      );
      engine.nudge();
      return run.id;
    },
    async until(runId, state) {
      let run = await readRunDetail(db, runId);
      await eventually(async () => {
        run = await readRunDetail(db, runId);
        if (isFinal(run.state)) return;
        expect(run.state).toBe(state);
      });
      expect(run.state, JSON.stringify(run.error)).toBe(state);
      return run;
    },
    async finish(workflow, request) {
      const runId = await test.begin(workflow, request);
      let run = await readRunDetail(db, runId);
      await eventually(async () => {
        run = await readRunDetail(db, runId);
        expect(isFinal(run.state), run.state).toBe(true);
      });
      return run;
    },
    async command(runId, command) {
      await inRun(db, runId, (tx) => commands[command](tx, runId, nowText(clock)));
      engine.nudge();
    },
    async restart(runId) {
      const host = { catalog: catalog.definitions, newId, at: nowText(clock) };
      const run = await inRun(db, runId, (tx) => restartRun(tx, host, runId));
      engine.nudge();
      return run.id;
    },
    async wakeNode(runId, nodeId) {
      await inRun(db, runId, (tx) => wakeRun(tx, runId, nowText(clock), nodeId));
      engine.nudge();
    },
    events: (runId) => listEvents(db, runId, 0, 100_000),
    read: (runId) => readRunDetail(db, runId),
    async close() {
      await stopStepping(engine, clock);
      await sandbox.close();
      await stores.close();
      await db.destroy();
      if (!chosen) await database.drop();
    },
  };
  if (started) await engine.start();
  return test;
}

/** Milliseconds after which an engine looks around by itself. */
const longestRest = 500;

/** A node that does not listen is given up after two seconds, which somebody has to let pass. */
async function stopStepping(engine: Engine, clock: SteppedClock): Promise<void> {
  let stopped = false;
  const stopping = engine.stop().finally(() => {
    stopped = true;
  });
  while (!stopped) await clock.step(100);
  await stopping;
}

/** The nodes of a run's tasks in the order in which they were made, each with its state: `a succeeded, b failed`. */
export function story(run: RunDetail): string {
  return run.tasks.map((task) => `${task.nodeId} ${task.state}`).join(', ');
}
