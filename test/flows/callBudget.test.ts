import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { defaults } from '../../nodes/crm-connector/config.ts';
import { createCallBudgets } from '../../server/connections/callBudgets.ts';
import type { Budget } from '../../server/connections/callCounts.ts';
import { countCalls } from '../../server/connections/callCounts.ts';
import type { LoadedConnection } from '../../server/connections/loader.ts';
import { testEngine } from '../harness/engine.ts';

const day = 24 * 3_600_000;
let demo: Salesforce;
let budget: Budget;
const engine = testEngine({ loadConnection });

beforeAll(async () => {
  demo = await startSalesforce({ contacts: 2_500, seed: 4, clock: '2026-07-01T12:00:00Z' });
});
afterAll(() => demo.close());
beforeEach(async () => {
  await engine.parts.db('connection_calls').delete();
});

/** As the instance serves it, with one budget for all runs. */
async function loadConnection(name: string): Promise<LoadedConnection> {
  const { url: instanceUrl, clientId, clientSecret } = demo;
  const budgets = createCallBudgets({ db: engine.parts.db, clock: engine.clock });
  const nothingStored = { store: async () => undefined, alone: () => Promise.reject(new Error('Nothing is renewed.')) };
  return {
    kind: 'salesforce',
    settings: { instanceUrl, clientId, clientSecret, apiVersion: '60.0' },
    services: () => {
      const calls = budgets.open(name, budget);
      return { host: { calls, ...nothingStored }, close: () => calls.close() };
    },
  };
}

const importing = () => {
  const fields = [{ name: 'Email', label: 'Email', type: 'text' as const, conversion: 'default' as const }];
  const config = { ...defaults, connection: 'crm', object: 'Contact', fields };
  return engine.flow({ contacts: { type: 'crm-connector', config } }, []);
};
const made = async (): Promise<number> => (await countCalls(engine.parts.db, 'crm', engine.clock.now())).made;

test('runs that share a budget stop before they pass it, where that was chosen', async () => {
  budget = { limit: 4, whenSpent: 'stop' };
  const before = demo.org.usage.total;
  const runs = await Promise.all([importing().finished(), importing().finished()]);
  const failed = runs.filter(({ state }) => state === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const { error } of failed) expect(error).toMatchObject({ code: 'API_BUDGET_SPENT' });
  expect(demo.org.usage.total - before).toBeLessThanOrEqual(4);
});

test('a run waits until the calls of others are a day old, and then brings every record', async () => {
  budget = { limit: 30, whenSpent: 'wait' };
  const slot = new Date(engine.clock.now().getTime() - 600_000).toISOString();
  await engine.parts.db('connection_calls').insert({ connection: 'crm', slot, calls: 30 });
  const before = demo.org.usage.total;
  const run = await importing().started();
  const refused = async () => (await run.now()).tasks('contacts')[0]?.error ?? null;
  expect(await engine.watch(refused, () => 'The run was not refused.')).toMatchObject({ code: 'API_BUDGET_SPENT' });
  expect(demo.org.usage.total).toBe(before);
  engine.clock.step(1.25 * day);
  const view = await run.finished();
  expect(view.state).toBe('succeeded');
  expect(view.counts['contacts.success']).toBe(2_500);
  expect(await made()).toBe(demo.org.usage.total - before);
});
