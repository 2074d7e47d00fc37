import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableRef } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { raiseAlarm } from '../../server/alarms/raise.ts';
import { writeRecipients } from '../../server/alarms/recipients.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { syncSchedules } from '../../server/engine/schedules.ts';
import { findExport } from '../../server/exports/find.ts';
import { readTables } from '../../server/exports/keep.ts';
import { backUpInstance } from '../../server/keeping/backup.ts';
import { liftHold, readHold } from '../../server/keeping/hold.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import { restoreInstance } from '../../server/keeping/restore.ts';
import type { TestDatabase } from '../harness/database.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

const acts: Acts = {};
let test: UnderTest;
let place: string;
beforeEach(async () => {
  for (const name of Object.keys(acts)) delete acts[name];
  test = await engineUnderTest(acts, { database: filesIn(await mkdtemp(join(tmpdir(), 'syncline-original-'))) });
  place = await mkdtemp(join(tmpdir(), 'syncline-backup-'));
});
afterEach(async () => {
  await test.close();
  await rm(place, { recursive: true, force: true });
});

const columns: Column[] = [{ name: 'Id', label: 'Id', type: 'text', identifying: true }];
const withRows = { config: { rows: true } };
const until = { waitUntil: '2026-03-02T08:30:00.000Z', reason: 'the test' };
/** Always files: PostgreSQL has tools of its own. */
const filesIn = (folder: string): TestDatabase => ({
  folder,
  place: folder,
  url: undefined,
  drop: () => rm(folder, { recursive: true, force: true }),
});
const copy = () => join(place, 'copy');
const twin = () => join(place, 'twin');

function makeRows(count: number): void {
  acts.a = async (context) => {
    const writer = await context.writer({ columns, name: 'rows' });
    await writer.append(Array.from({ length: count }, (_, index) => [`r${index}`]));
    return { ports: { success: await writer.finish() } };
  };
}

async function publish(): Promise<void> {
  const config = { cron: '*/5 * * * *', timeZone: '', overlap: 'parallel', catchUp: 'last' };
  const workflow = draw('t -> x', { t: { type: 'timer', config } });
  await inTransaction(test.db, async (tx) => {
    await storeWorkflow(tx, workflow, 'w');
    await syncSchedules(tx, test.catalog.definitions, 'w', test.clock.now(), 'UTC');
  });
}

/** An engine on the restored data, whose clock is far behind everything that was due. */
async function startTwin(done: string[]): Promise<UnderTest> {
  const own: Acts = {};
  for (const name of ['t', 'x', 'b'])
    own[name] = (context) => {
      done.push(context.node.name);
      return { ports: { success: context.inputs[0]?.table ?? null } };
    };
  const restored = await engineUnderTest(own, { database: filesIn(twin()), started: false });
  await restored.clock.step(3_600_000);
  await restored.engine.start();
  return restored;
}

describe('a backup of an instance that works', () => {
  it('becomes a twin that starts nothing until somebody confirms, and then goes on where the copy was made', async () => {
    makeRows(2_000);
    let woken = false;
    acts.b = (context) => {
      woken ||= context.wake !== null;
      return context.wake ? { ports: { success: context.inputs[0]?.table ?? null } } : until;
    };
    const id = await test.begin(draw('a -> b, b -> c', { a: withRows, b: withRows, c: withRows }, {}, 'other'));
    await test.until(id, 'waiting');
    await publish();
    await inTransaction(test.db, async (tx) => {
      await writeRecipients(tx, [{ connection: 'hook', to: [] }]);
      const alarm = { kind: 'failed', workflow: 'other', node: '', severity: 'error', message: 'It failed.' } as const;
      await raiseAlarm(tx, '2026-03-02T08:00:00.000Z', { ...alarm, runId: id });
    });
    const tries = async (db: UnderTest['db']) => (await db('alarm_messages').first()).attempts as number;
    await test.clock.step(1_000);
    await test.eventually(async () => {
      // What is sent is looked for at each look that finds no sending under way.
      test.engine.nudge();
      expect(await tries(test.db)).toBe(1);
    });
    await test.eventually(async () => expect((await test.db('alarm_messages').first()).state).toBe('due'));
    await backUpInstance(test.clock, test.folder, copy());
    await restoreInstance(test.clock, copy(), twin());

    const done: string[] = [];
    const restored = await startTwin(done);
    expect(await readHold(restored.db)).toMatchObject({ backupAt: '2026-03-02T08:00:01.000Z' });
    await restored.clock.step(20 * 60_000);
    await restored.lookAround();
    expect(done).toEqual([]);
    expect(await restored.db('runs')).toHaveLength(1);
    expect(await restored.db('schedule_fires')).toEqual([]);
    expect(await tries(restored.db)).toBe(1);
    await expect(restored.begin(draw('x'))).rejects.toMatchObject({ code: 'INSTANCE_HELD' });

    expect(await inTransaction(restored.db, (tx) => liftHold(tx))).toBe(true);
    expect(await inTransaction(restored.db, (tx) => liftHold(tx))).toBe(false);
    restored.engine.nudge();
    const run = await restored.until(id, 'succeeded');
    const table = run.tasks.at(-1)?.outputs.success?.table as TableRef;
    expect(table.count).toBe(2_000);
    await restored.stores.run(id).verify(table);
    await restored.eventually(async () =>
      expect(await restored.db('schedule_fires').where({ outcome: 'started' })).toHaveLength(1),
    );
    await restored.eventually(async () => expect(await tries(restored.db)).toBe(2));
    await restored.close();

    expect(woken).toBe(false);
    expect((await test.read(id)).state).toBe('waiting');
  });

  it('has the tables of exports, also of runs that are gone', async () => {
    makeRows(3);
    acts.b = async (context) => {
      await keepFates(context, 'settled', [{ outcome: 'created' }, { outcome: 'created' }, { outcome: 'doubt' }]);
      return { ports: { success: null } };
    };
    const done = await test.finish(draw('a -> b', { a: withRows, b: withRows }));
    await test.clock.step(40 * 86_400_000);
    await purgeRuns(test, { days: 30, exportDays: 90 });
    expect(await test.db('runs')).toEqual([]);
    await backUpInstance(test.clock, test.folder, copy());
    await restoreInstance(test.clock, copy(), twin());
    const restored = await engineUnderTest({}, { database: filesIn(twin()), started: false });
    const row = await findExport(restored.db, done.tasks[1]?.id ?? '');
    const { input, records } = readTables(row);
    for (const table of [input, records]) await restored.stores.run(row.run_id).verify(table);
    expect(JSON.parse(row.run_file ?? '')).toMatchObject({ internalName: 'flow' });
    await restored.close();
  });

  it('shows control and local data of one moment while both are written', async () => {
    await test.stores.local.ensure('marks', [{ name: 'n', label: 'n', type: 'integer' }], ['n']);
    let writing = true;
    let written = 0;
    const writer = (async () => {
      for (; writing; written += 1) {
        const name = `n${String(written).padStart(6, '0')}`;
        await inTransaction(test.db, (tx) => tx('settings').insert({ name, value: 'x' }));
      }
    })();
    await test.eventually(() => expect(written).toBeGreaterThan(20));
    const before = written;
    await backUpInstance(test.clock, test.folder, copy());
    const after = written;
    writing = false;
    await writer;
    await restoreInstance(test.clock, copy(), twin());
    const restored = await engineUnderTest({}, { database: filesIn(twin()), started: false });
    const rows = await restored.db('settings').where('name', 'like', 'n0%');
    expect(rows.length).toBeGreaterThanOrEqual(before);
    expect(rows.length).toBeLessThanOrEqual(after);
    expect(await restored.db.raw('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect((await restored.stores.local.tables()).map((table) => table.name)).toEqual(['marks']);
    await restored.close();
  });

  it('holds files and the key of the secrets too', async () => {
    await mkdir(join(test.folder, 'files', 'rejects'), { recursive: true });
    await writeFile(join(test.folder, 'files', 'rejects', 'one.csv'), 'Id\n1\n');
    await writeFile(join(test.folder, 'secret.key'), 'the key');
    const manifest = await backUpInstance(test.clock, test.folder, copy());
    expect(manifest.files.map((file) => file.path)).toEqual(['control.sqlite', 'files/rejects/one.csv', 'secret.key']);
    await restoreInstance(test.clock, copy(), twin());
    expect(await readFile(join(twin(), 'files', 'rejects', 'one.csv'), 'utf8')).toBe('Id\n1\n');
    expect((await readdir(twin())).sort()).toEqual(['control.sqlite', 'files', 'secret.key']);
  });

  it('is refused where something is already, and where nothing is to be copied', async () => {
    await mkdir(copy());
    await writeFile(join(copy(), 'mine.txt'), 'x');
    await expect(backUpInstance(test.clock, test.folder, copy())).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
    await expect(backUpInstance(test.clock, join(place, 'none'), twin())).rejects.toMatchObject({
      code: 'BACKUP_NOTHING',
    });
  });
});

describe('restoring', () => {
  it('refuses a folder that is no backup, or not whole, and leaves nothing behind', async () => {
    await mkdir(copy());
    await expect(restoreInstance(test.clock, copy(), twin())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    await backUpInstance(test.clock, test.folder, copy());
    await appendFile(join(copy(), 'control.sqlite'), 'x');
    await expect(restoreInstance(test.clock, copy(), twin())).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
      details: { reason: 'control.sqlite is not what was written' },
    });
    await rm(join(copy(), 'control.sqlite'));
    await expect(restoreInstance(test.clock, copy(), twin())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    expect(await readdir(place)).toEqual(['copy']);
  });

  it('refuses a manifest that leads out of its folder', async () => {
    await mkdir(copy());
    const manifest = { format: 1, at: '2026-03-02T08:00:00.000Z', files: [{ path: '../x', bytes: 1, sha256: '' }] };
    await writeFile(join(copy(), 'manifest.json'), JSON.stringify(manifest));
    await expect(restoreInstance(test.clock, copy(), twin())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });

  it('refuses a target that holds something', async () => {
    await backUpInstance(test.clock, test.folder, copy());
    await mkdir(twin());
    await writeFile(join(twin(), 'mine.txt'), 'x');
    await expect(restoreInstance(test.clock, copy(), twin())).rejects.toMatchObject({ code: 'FOLDER_NOT_EMPTY' });
    expect(await readdir(twin())).toEqual(['mine.txt']);
  });
});
