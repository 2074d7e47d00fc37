import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import { eventually } from '../../test/harness/eventually.ts';
import { systemClock as clock } from './clock.ts';
import { openControl } from './control.ts';
import type { Listening, Notice } from './notices.ts';
import { listenForNotices } from './notices.ts';
import type { Db } from './transaction.ts';
import { inTransaction } from './transaction.ts';

let database: TestDatabase;
let db: Db;
let listening: Listening;
let heard: Notice[];
let errors: unknown[];
beforeEach(async () => {
  database = await makeDatabase({ postgres: true });
  db = await openControl(database.place, { clock });
  heard = [];
  errors = [];
  const onNotice = (notice: Notice) => heard.push(notice);
  listening = listenForNotices(database.place, { clock, onNotice, onError: (error) => errors.push(error) });
  // It looks at everything once it listens.
  await eventually(() => expect(heard).toEqual([{ type: 'look' }]));
  await db('runs').insert({
    id: 'r',
    workflow_name: 'w',
    workflow_label: 'w',
    state: 'running',
    origin: '{}',
    created_at: at,
  });
  heard = [];
});
afterEach(async () => {
  await listening.close();
  await db.destroy();
  await database.drop();
});

const at = '2026-01-01T00:00:00.000Z';
const task = { run_id: 'r', node_id: 'a', state: 'pending', pass: 1, due: at, created_at: at };
const hears = (...notices: Notice[]) => eventually(() => expect(heard).toEqual(notices));

it('a new task is told, one that is given back or woken asks everybody to look', async () => {
  await db('tasks').insert({ ...task, id: 't' });
  await hears({ type: 'task' });
  await db('tasks').update({ state: 'running' });
  await db('tasks').update({ state: 'pending' });
  await hears({ type: 'task' }, { type: 'look' });
  await db('tasks').update({ due: '2026-01-02T00:00:00.000Z' });
  await hears({ type: 'task' }, { type: 'look' }, { type: 'look' });
});

it('events of a run are told with its id; a run that is let go or has to end asks everybody to look', async () => {
  await db('runs').update({ last_seq: 3 });
  await hears({ type: 'run', runId: 'r' });
  await db('runs').update({ lock: 7 });
  await db('runs').update({ ending: 'stop' });
  await hears({ type: 'run', runId: 'r' }, { type: 'look' });
});

it('what was undone is not told', async () => {
  const failing = inTransaction(db, async (tx) => {
    await tx('tasks').insert({ ...task, id: 'undone' });
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await db('runs').update({ last_seq: 1 });
  await hears({ type: 'run', runId: 'r' });
});

it('a connection that is lost is made again, and then everything is looked at', async () => {
  const ended = await db.raw(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'syncline notices' and datname = current_database()",
  );
  expect(ended.rows).toHaveLength(1);
  await hears({ type: 'look' });
  expect(errors).toHaveLength(1);
  await db('tasks').insert({ ...task, id: 'later' });
  await hears({ type: 'look' }, { type: 'task' });
});
