import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import { systemClock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import type { Db } from '../db/transaction.ts';
import { inTransaction } from '../db/transaction.ts';
import type { OptionWrite } from './options.ts';
import {
  changeOption,
  deleteOption,
  listOptionChanges,
  listOptions,
  moveOption,
  readOption,
  setOption,
} from './options.ts';

const cursor = 'LASTIMPORT_flow_import';
const january = '2026/01/01 00:00:00';
const february = '2026/02/01 00:00:00';
const at = '2026-03-02T08:00:00.000Z';
let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await makeDatabase();
  db = await openControl(database.place, { clock: systemClock });
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const byRun = (write: Partial<OptionWrite>) =>
  inTransaction(db, (tx) => setOption(tx, { name: cursor, value: january, by: 'flow', runId: 'r', at, ...write }));
const byPerson = (write: Partial<OptionWrite>) =>
  inTransaction(db, (tx) => changeOption(tx, { name: cursor, value: january, by: 'ann', runId: null, at, ...write }));

describe('an option', () => {
  it('keeps who changed it when, in which run, from what to what', async () => {
    await byPerson({ name: 'greeting', value: 'hello' });
    await byRun({ name: 'greeting', value: 'good day' });
    await inTransaction(db, (tx) => deleteOption(tx, { name: 'greeting', by: 'ann', runId: null, at }));
    expect(await listOptionChanges(db, 'greeting')).toEqual([
      { at, by: 'ann', runId: null, old: 'good day', new: null },
      { at, by: 'flow', runId: 'r', old: 'hello', new: 'good day' },
      { at, by: 'ann', runId: null, old: null, new: 'hello' },
    ]);
    expect(await readOption(db, 'greeting')).toBeNull();
  });

  it('that is set to what it holds is not changed', async () => {
    await byPerson({ name: 'greeting', value: 'hello' });
    expect(await byRun({ name: 'greeting', value: 'hello' })).toMatchObject({ ok: true, changed: false });
    expect(await listOptionChanges(db, 'greeting')).toHaveLength(1);
  });

  it('is a cursor by its name, and then must be a date', async () => {
    await expect(byPerson({ value: '2026-01-01' })).rejects.toMatchObject({
      code: 'OPTION_MALFORMED',
      details: { option: cursor, value: '2026-01-01' },
    });
    await expect(byPerson({ value: '2026/02/30 00:00:00' })).rejects.toMatchObject({ code: 'OPTION_MALFORMED' });
    await byPerson({ value: january });
    expect(await listOptions(db)).toMatchObject([{ name: cursor, value: january, isCursor: true, updatedBy: 'ann' }]);
  });

  it('that once moved forward only stays a cursor whatever its name is', async () => {
    await byRun({ name: 'mine', value: january, forwardOnly: true });
    await expect(byPerson({ name: 'mine', value: 'soon' })).rejects.toMatchObject({ code: 'OPTION_MALFORMED' });
  });

  it('is not moved back by a run, but may be by a person', async () => {
    await byPerson({ value: february });
    expect(await byRun({ value: january })).toEqual({
      ok: false,
      code: 'OPTION_BACKWARDS',
      details: { option: cursor, found: february, value: january },
    });
    expect(await readOption(db, cursor)).toMatchObject({ value: february });
    expect(await byPerson({ value: january })).toMatchObject({ value: january });
  });

  it('is set only if it still holds what was read', async () => {
    expect(await byRun({ expected: null })).toMatchObject({ ok: true });
    expect(await byRun({ value: february, expected: null })).toMatchObject({
      ok: false,
      code: 'OPTION_MOVED',
      details: { read: 'nothing', found: january },
    });
    expect(await byRun({ value: february, expected: january })).toMatchObject({ ok: true, changed: true });
    await expect(byPerson({ value: january, expected: january })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('has a name that templates and scripts can hold', async () => {
    for (const name of ['', 'a b', '1st', 'x'.repeat(201), 'na/me', 'caf\u00e9'])
      await expect(byPerson({ name, value: '1' })).rejects.toMatchObject({ code: 'OPTION_NAME_INVALID' });
    await byRun({ name: 'Last_run-2.x', value: '1' });
    expect(await byRun({ name: 'a b', value: '1' })).toMatchObject({ ok: false, code: 'OPTION_NAME_INVALID' });
    expect(await readOption(db, 'Last_run-2.x')).toMatchObject({ value: '1' });
  });

  it('is not moved into the future by a person, who would lose what is older', async () => {
    const future = { name: 'LASTIMPORT_a', value: '2099/01/01 00:00:00' };
    await expect(byPerson(future)).rejects.toMatchObject({ code: 'OPTION_AHEAD' });
    expect(await readOption(db, 'LASTIMPORT_a')).toBeNull();
  });

  it('that does not exist cannot be deleted', async () => {
    const deleting = inTransaction(db, (tx) => deleteOption(tx, { name: 'gone', by: 'ann', runId: null, at }));
    await expect(deleting).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('moving an option to another name', () => {
  const to = 'LASTIMPORT_flow_people';
  const move = (keep: boolean) => inTransaction(db, (tx) => moveOption(tx, { name: cursor, to, keep, by: 'ann', at }));

  it('takes the value along, and says in both histories who did it', async () => {
    await byPerson({});
    expect(await move(false)).toMatchObject({ name: to, value: january, isCursor: true, updatedBy: 'ann' });
    expect(await readOption(db, cursor)).toBeNull();
    expect((await listOptionChanges(db, cursor))[0]).toMatchObject({ by: 'ann', old: january, new: null });
    expect(await listOptionChanges(db, to)).toEqual([{ at, by: 'ann', runId: null, old: null, new: january }]);
  });

  it('can leave the old one where it is', async () => {
    await byPerson({});
    await move(true);
    expect((await listOptions(db)).map(({ name, value }) => [name, value])).toEqual([
      [cursor, january],
      [to, january],
    ]);
  });

  it('is refused where there is one already, or none to move, and then changes nothing', async () => {
    await expect(move(false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await byPerson({});
    await byPerson({ name: to, value: february });
    await expect(move(false)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await listOptions(db)).map(({ value }) => value)).toEqual([january, february]);
  });
});
