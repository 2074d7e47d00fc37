/**
 * Exports of each kind, by requests and by jobs, while engines are stopped, answers are lost after the write was applied,
 * sessions expire, records are locked and jobs fail half-way: each row is written once, and the organisation is what the rows
 * are said to have become. EXPORT_CRASH_CASES, _SEED and _ROWS choose how many, which and how large; `npm run
 * test:export-crash` is the large edition.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Salesforce } from '../../demo/salesforce/index.ts';
import { startSalesforce } from '../../demo/salesforce/index.ts';
import { testEngine } from '../harness/engine.ts';
import { plainClient } from '../harness/organisation.ts';
import { randomness } from '../harness/random.ts';
import { drawCase } from './draw.ts';
import { runCase } from './trial.ts';

const cases = Number(process.env.EXPORT_CRASH_CASES ?? 10);
const seed = Number(process.env.EXPORT_CRASH_SEED ?? 20261122);
const rows = Number(process.env.EXPORT_CRASH_ROWS ?? 300);
const timeout = 60_000 + cases * (10_000 + rows * 20);

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

it('writes each row once, and says what became of it', { timeout }, async () => {
  const random = randomness(seed);
  const failures: string[] = [];
  const shown = { again: 0, outcomes: {} as Record<string, number> };
  for (let index = 0; index < cases; index += 1) {
    const crash = drawCase(Math.floor(random() * 2 ** 31), rows);
    await runCase(engine, plainClient(demo), `case_${index}`, crash).then(
      ({ attempts, outcomes }) => {
        shown.again += attempts - 1;
        for (const [what, count] of Object.entries(outcomes))
          shown.outcomes[what] = (shown.outcomes[what] ?? 0) + count;
      },
      (error: Error) => failures.push(`case ${index} ${JSON.stringify(crash)}: ${error.message}`),
    );
  }
  console.log(`attempts again: ${shown.again}; outcomes: ${JSON.stringify(shown.outcomes)}`);
  console.log(`cases: ${cases - failures.length} passed, ${failures.length} failed`);
  expect(failures).toEqual([]);
  // Exports that nothing disturbs would prove nothing.
  expect(shown.again).toBeGreaterThan(cases / 2);
  if (cases >= 10) expect(Object.keys(shown.outcomes)).toEqual(expect.arrayContaining(['created', 'updated']));
});
