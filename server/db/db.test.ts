import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import { systemClock, waitFor } from './clock.ts';
import { openControl } from './control.ts';
import { createIds } from './ids.ts';
import type { Migration } from './migrate.ts';
import { findMigrations } from './migrate.ts';
import type { Db } from './transaction.ts';
import { inRun, inTransaction } from './transaction.ts';

const clock = systemClock;
let database: TestDatabase;
const opened: Db[] = [];
beforeEach(async () => {
  database = await makeDatabase({ fresh: true });
});
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
  await database.drop();
});

async function open(options: { migrations?: readonly Migration[] } = {}): Promise<Db> {
  const db = await openControl(database.place, { clock, ...options });
  opened.push(db);
  return db;
}

async function insertRun(db: Db, id: string): Promise<void> {
  await db('runs').insert({
    id,
    workflow_name: 'w',
    workflow_label: 'w',
    state: 'running',
    origin: '{}',
    created_at: '2026-01-01T00:00:00.000Z',
  });
}

describe('ids', () => {
  it('sort by the time they were made, also within a millisecond and when the clock is set back', () => {
    const times = [5, 5, 5, 6, 4, 4, 1_800_000_000_000];
    const newId = createIds({ ...clock, now: () => new Date(times.shift() ?? 0) });
    const ids = Array.from({ length: 7 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(7);
    expect(ids.every((id) => /^[0-9a-z]{22}$/.test(id))).toBe(true);
  });

  it('differ between processes that make one at the same instant', () => {
    const still = { ...clock, now: () => new Date(5) };
    expect(createIds(still)()).not.toBe(createIds(still)());
  });
});

describe('a clock', () => {
  it('stops waiting when the signal is aborted', async () => {
    const controller = new AbortController();
    const waiting = waitFor(clock, 60_000, controller.signal);
    controller.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});

describe('a transaction', () => {
  it('is undone as a whole when its work throws', async () => {
    const db = await open();
    const failing = inTransaction(db, async (tx) => {
      await tx('settings').insert({ name: 'a', value: '1' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db('settings')).toEqual([]);
  });

  it('may begin by reading although another process writes meanwhile', async () => {
    const [one, two] = [await open(), await open()];
    await one('settings').insert({ name: 'n', value: '0' });
    const add = (db: Db) =>
      inTransaction(db, async (tx) => {
        const row = await tx('settings').where({ name: 'n' }).first();
        await tx('settings')
          .where({ name: 'n' })
          .update({ value: String(Number(row.value) + 1) });
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2 === 0 ? one : two)));
    expect(await one('settings').first()).toMatchObject({ value: '40' });
  });

  it('on a run keeps every other transaction on it waiting', async () => {
    const [one, two] = [await open(), await open()];
    await insertRun(one, 'r');
    const order: string[] = [];
    const held = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const first = inRun(one, 'r', async () => {
      entered.resolve();
      await held.promise;
      order.push('first');
    });
    await entered.promise;
    const second = inRun(two, 'r', async () => void order.push('second'));
    held.resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('on a run that does not exist is refused', async () => {
    await expect(inRun(await open(), 'gone', async () => 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('within a transaction is a mistake that is told at once instead of waiting for itself', async () => {
    const db = await open();
    const nested = inTransaction(db, (tx) => inTransaction(tx, async () => 1));
    await expect(nested).rejects.toThrow('within a transaction');
  });

  it('is not kept back by one that failed before', async () => {
    const db = await open();
    const failing = inTransaction(db, () => Promise.reject(new Error('no')));
    const next = inTransaction(db, async () => 'done');
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('done');
  });
});

describe('migrations', () => {
  const later: Migration = {
    name: '9000_later',
    up: async (tx) => {
      await tx.schema.createTable('later', (t) => void t.text('name').primary());
    },
  };

  it('run once, and keep what was there before', async () => {
    const known = await findMigrations();
    const before = await open({ migrations: known });
    await before('settings').insert({ name: 'a', value: '1' });
    const newer = await open({ migrations: [...known, later] });
    expect(await newer('later')).toEqual([]);
    expect(await newer('settings')).toHaveLength(1);
    await open({ migrations: [...known, later] });
  });

  it('that fail leave the store as it was', async () => {
    const known = await findMigrations();
    const broken = {
      name: '9000_broken',
      up: async (tx: Parameters<Migration['up']>[0]) => {
        await later.up(tx);
        throw new Error('broken');
      },
    };
    await expect(open({ migrations: [...known, broken] })).rejects.toThrow('broken');
    const db = await open({ migrations: known });
    expect(await db.schema.hasTable('later')).toBe(false);
  });

  it('of a newer program are not opened by an older one', async () => {
    const known = await findMigrations();
    await open({ migrations: [...known, later] });
    await expect(open({ migrations: known })).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      message: 'The database of this instance was written by a newer Syncline: it has 9000_later.',
    });
  });

  it('made by two processes at the same time are made once', async () => {
    const known = await findMigrations();
    await Promise.all([open({ migrations: [...known, later] }), open({ migrations: [...known, later] })]);
    const db = await open({ migrations: [...known, later] });
    expect(await db('migrations').where({ name: later.name })).toHaveLength(1);
  });
});
