import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isFinal } from '../../contract/run.ts';
import { nowText, systemClock } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { lockFolder } from '../../server/db/folderLock.ts';
import { createIds } from '../../server/db/ids.ts';
import type { Db } from '../../server/db/transaction.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { EngineProcess } from '../../server/engine/supervise.ts';
import { superviseEngine } from '../../server/engine/supervise.ts';
import { createLog } from '../../server/log.ts';
import { createRun } from '../../server/runs/createRun.ts';
import { listEvents } from '../../server/runs/events.ts';
import { readRun, readRunDetail } from '../../server/runs/readRuns.ts';
import { openStores } from '../../server/tables/stores.ts';
import { eventually } from '../harness/eventually.ts';
import { testPatience } from '../harness/patience.ts';
import { crashCatalog, crashFlow, expectedMarks, marksTable } from './crashFlow.ts';

/** More by hand: `CRASH_KILLS=100`. */
const kills = Number(process.env.CRASH_KILLS ?? 10);
let folder: string;
let db: Db;
let engine: EngineProcess;
let seen = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-crash-'));
  db = await openControl(folder, { clock: systemClock });
  engine = superviseEngine({
    environment: { ...(process.env as Record<string, string>), SYNCLINE_DATA: folder },
    clock: systemClock,
    log: createLog('silent'),
    onEvents: () => (seen += 1),
    program: new URL('./crashProgram.ts', import.meta.url),
  });
  await engine.ready;
});
afterEach(async () => {
  await engine.stop();
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

/**
 * Kills the engine after so many further announcements: somewhere between two commits, or within one. False when the run was
 * over before: an engine may work faster than it is heard.
 */
async function killAfter(announcements: number, id: string): Promise<boolean> {
  const pid = await eventually(() => {
    const found = engine.pid();
    if (found === undefined) throw new Error('no engine');
    return found;
  });
  const from = seen;
  const isOver = async () => isFinal((await readRun(db, id)).state);
  await eventually(async () => expect(seen >= from + announcements || (await isOver())).toBe(true));
  if (await isOver()) return false;
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(engine.pid()).not.toBe(pid));
  return true;
}

/** How often each node left its mark. */
async function countMarks(): Promise<Record<string, number>> {
  const stores = openStores({ folder, mode: 'read' });
  const page = await stores.local.page(marksTable, { limit: 1_000, cursor: null, sort: null, search: '', filter: [] });
  await stores.close();
  const place = page.columns.findIndex((column) => column.name === 'node');
  const nodes = Map.groupBy(page.rows, (row) => String(row[place]));
  return Object.fromEntries([...nodes].map(([name, rows]) => [name, rows.length]));
}

it('an engine that is killed again and again loses nothing and does nothing twice', {
  timeout: testPatience + kills * 15_000,
}, async () => {
  const host = {
    catalog: crashCatalog().definitions,
    newId: createIds(systemClock),
    at: nowText(systemClock),
  };
  const { id } = await inTransaction(db, (tx) =>
    createRun(tx, host, {
      workflow: crashFlow,
      workflowId: null,
      version: null,
      origin: { kind: 'manual', by: 'test' },
    }),
  );
  engine.nudge();
  let met = 0;
  while (met < kills && (await killAfter(1 + ((met * 5) % 9), id))) met += 1;
  expect(met).toBeGreaterThan(0);
  await eventually(async () => expect(isFinal((await readRun(db, id)).state)).toBe(true));
  const run = await readRunDetail(db, id);
  expect(run.state, JSON.stringify(run.error)).toBe('succeeded');
  expect(await countMarks()).toEqual(expectedMarks);
  expect(run.tasks).toHaveLength(Object.values(expectedMarks).reduce((sum, count) => sum + count, 0));
  expect(run.tasks.every((task) => task.state === 'succeeded')).toBe(true);
  const events = await listEvents(db, id, 0, 100_000);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter((event) => event.type === 'task.succeeded')).toHaveLength(run.tasks.length);
  expect(run.tasks.some((task) => task.attempt > 1)).toBe(true);
  expect(await db('tasks').whereNotNull('lease_owner')).toEqual([]);
});

it('a folder that another engine owns is refused with its pid, and not tried again', async () => {
  const second = superviseEngine({
    environment: { ...(process.env as Record<string, string>), SYNCLINE_DATA: folder },
    clock: systemClock,
    log: createLog('silent'),
    onEvents: () => undefined,
  });
  await expect(second.ready).rejects.toMatchObject({
    code: 'DATA_FOLDER_BUSY',
    details: { pid: String(engine.pid()) },
  });
  await second.stop();
});

it('an engine whose parent is killed goes too, and frees the data folder', async () => {
  await engine.stop();
  const place = (path: string) => JSON.stringify(new URL(`../../server/${path}`, import.meta.url).href);
  const program = `
    import { superviseEngine } from ${place('engine/supervise.ts')};
    import { systemClock } from ${place('db/clock.ts')};
    import { createLog } from ${place('log.ts')};
    const options = { clock: systemClock, log: createLog('silent'), onEvents: () => undefined };
    await superviseEngine({ ...options, environment: process.env }).ready;
    console.log('ready');`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, SYNCLINE_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  parent.kill('SIGKILL');
  await eventually(async () => (await lockFolder(folder)).release());
});
