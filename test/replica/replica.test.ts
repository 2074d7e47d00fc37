/**
 * A replica in local data, kept by incremental imports of changes and of deletions, always ends equal to the organisation,
 * whatever is written there and whenever it is committed, and however the imports die. REPLICA_CASES and REPLICA_SEED choose
 * how many, and which; `npm run test:replica` is the large edition.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { testEngine } from '../harness/engine.ts';
import { plainClient } from '../harness/organisation.ts';
import { testPatience } from '../harness/patience.ts';
import { Replica } from './replica.ts';
import type { Step } from './schedule.ts';
import { schedule } from './schedule.ts';

const numRuns = Number(process.env.REPLICA_CASES ?? 30);
const seed = Number(process.env.REPLICA_SEED ?? 20261122);
const timeout = testPatience + numRuns * 10_000;

let demo: Salesforce;
const engine = testEngine({
  loadConnection: async () => ({
    kind: 'salesforce',
    settings: { instanceUrl: demo.url, clientId: demo.clientId, clientSecret: demo.clientSecret, apiVersion: '60.0' },
  }),
});
beforeAll(async () => {
  demo = await startSalesforce({ contacts: 20, seed: 4, clock: '2026-07-01T12:00:00Z' });
});
afterAll(() => demo.close());

it('ends equal to the organisation', { timeout }, async () => {
  const seen = { crashes: new Set<string>(), again: 0, rows: 0 };
  let number = 0;
  const property = fc.asyncProperty(schedule, async (steps: Step[]) => {
    number += 1;
    const replica = await Replica.begin(engine, plainClient(demo), `case_${number}`);
    for (const step of steps) await replica.play(step);
    await replica.settle();
    expect(await replica.rows()).toEqual(await replica.people.rows());
    expect(replica.alarms).toEqual([]);
    for (const crash of replica.crashes) seen.crashes.add(crash);
    seen.again += replica.attemptsAgain;
    seen.rows += (await replica.rows()).length;
  });
  await fc.assert(property, { numRuns, seed });
  // Schedules in which nothing ever dies, or nothing is left, would prove nothing; a few can be so by chance.
  if (numRuns < 20) return;
  expect([...seen.crashes].sort()).toEqual(['attempt', 'engine', 'run', 'wire']);
  expect(seen.again).toBeGreaterThan(numRuns / 4);
  expect(seen.rows).toBeGreaterThan(numRuns * 2);
});
