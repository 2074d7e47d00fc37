import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RetryLater, UserError } from '../../contract/errors.ts';
import type { TestDatabase } from '../../test/harness/database.ts';
import { makeDatabase } from '../../test/harness/database.ts';
import type { Clock } from '../db/clock.ts';
import { systemClock } from '../db/clock.ts';
import { openControl } from '../db/control.ts';
import type { Db } from '../db/transaction.ts';
import type { OpenBudget } from './callBudgets.ts';
import { createCallBudgets } from './callBudgets.ts';
import { countCalls, readUsage } from './callCounts.ts';

let database: TestDatabase;
/** Two processes, each with a connection of its own to the one database. */
let processes: Db[];
let now: Date;
const clock: Clock = { now: () => now, after: systemClock.after };

beforeEach(async () => {
  now = new Date('2026-07-01T12:03:00Z');
  database = await makeDatabase();
  processes = [await openControl(database.place, { clock }), await openControl(database.place, { clock })];
});
afterEach(async () => {
  for (const db of processes) await db.destroy();
  await database.drop();
});

const clients = (limit: number, whenSpent: 'wait' | 'stop' = 'wait'): OpenBudget[] =>
  processes.map((db) => createCallBudgets({ db, clock }).open('crm', { limit, whenSpent }));
const made = async (): Promise<number> => (await countCalls(processes[0]!, 'crm', now)).made;

/** Calls until it is refused: how many went through, and the refusal. */
async function callAll(client: OpenBudget): Promise<{ calls: number; error: UserError | RetryLater }> {
  for (let calls = 0; ; calls += 1) {
    try {
      await client.before();
    } catch (error) {
      return { calls, error: error as UserError | RetryLater };
    }
  }
}

test('two processes that call at once never pass the budget, and use it up together', async () => {
  const both = await Promise.all(clients(250).map(callAll));
  expect(both.reduce((sum, { calls }) => sum + calls, 0)).toBe(250);
  expect(await made()).toBe(250);
  for (const { error } of both) expect(error).toMatchObject({ name: 'RetryLater', code: 'API_BUDGET_SPENT' });
});

test('a run waits until the oldest calls are a day old, and then goes on', async () => {
  const [client] = clients(3) as [OpenBudget];
  const { error } = await callAll(client);
  expect(error.details).toMatchObject({ used: 3, budget: 3, until: '2026-07-02T12:10:00.000Z' });
  now = new Date(now.getTime() + ((error as RetryLater).after ?? 0) - 1);
  expect((await callAll(client)).calls).toBe(0);
  now = new Date(now.getTime() + 1);
  expect((await callAll(client)).calls).toBe(3);
});

test('it is not woken for a few calls while most of the budget is younger', async () => {
  const [client] = clients(100) as [OpenBudget];
  await client.before();
  await client.close();
  now = new Date('2026-07-01T18:00:00Z');
  const [again] = clients(100) as [OpenBudget];
  const { calls, error } = await callAll(again);
  expect(calls).toBe(99);
  expect(error.details).toMatchObject({ until: '2026-07-02T18:10:00.000Z' });
});

test('where it is to stop, the error is one that time does not mend', async () => {
  const [client] = clients(1, 'stop') as [OpenBudget];
  expect((await callAll(client)).error).toMatchObject({ name: 'UserError', code: 'API_BUDGET_SPENT' });
});

test('counting takes a transaction for many calls, and what was not needed is given back at the end', async () => {
  const [client, other] = clients(0) as [OpenBudget, OpenBudget];
  const statements: string[] = [];
  processes[0]?.on('query', ({ sql }: { sql: string }) => statements.push(sql));
  for (let calls = 0; calls < 150; calls += 1) {
    await client.before();
    client.after({ used: 1_000 + calls, allowed: 15_000 });
  }
  expect(statements.filter((sql) => /^begin/i.test(sql))).toHaveLength(2);
  await other.before();
  await other.close();
  await client.close();
  expect(await made()).toBe(151);
  expect(await readUsage(processes[0]!, 'crm')).toEqual({ used: 1_149, allowed: 15_000, toldAt: now.toISOString() });
});

test('a process that is killed has used up what it held; the budget still is not passed', async () => {
  const [killed, other] = clients(40) as [OpenBudget, OpenBudget];
  await killed.before();
  const { calls } = await callAll(other);
  expect(calls).toBeLessThan(40);
  expect(await made()).toBe(40);
});
