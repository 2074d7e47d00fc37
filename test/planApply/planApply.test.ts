/**
 * Random organisations, mappings and rows: what a plan says, field by field, is exactly what the organisation shows after it
 * was approved, and nothing else has changed; undone, it is as it was before, save the records named as refused. PLAN_CASES and PLAN_SEED choose how many, and which; `npm run test:plan` is the
 * large edition.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exportTests } from '../harness/exports.ts';
import { testPatience } from '../harness/patience.ts';
import { planCase } from './cases.ts';
import { playCase } from './trial.ts';

const numRuns = Number(process.env.PLAN_CASES ?? 25);
const seed = Number(process.env.PLAN_SEED ?? 20261122);

const tests = await exportTests(10, 4);

it('a plan is what the organisation shows once it is applied, and its undo what it was before', {
  timeout: testPatience + numRuns * 10_000,
}, async () => {
  const seen = new Map<string, number>();
  let number = 0;
  const property = fc.asyncProperty(planCase, async (plan) => {
    number += 1;
    for (const word of await playCase(tests, `case_${number}`, plan)) seen.set(word, (seen.get(word) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns, seed, endOnFailure: numRuns > 100 });
  console.log(`rows: ${JSON.stringify(Object.fromEntries(seen))}`);
  // Plans that hold only one kind of row would prove little.
  if (numRuns < 20) return;
  const words = ['create', 'upsert', 'update', 'unchanged', 'delete', 'NO_MATCH', 'DUPLICATE_KEY', 'TYPE_MISMATCH'];
  const undone = ['undo deleted', 'undo updated', 'undo undeleted'];
  expect([...seen.keys()]).toEqual(expect.arrayContaining([...words, ...undone]));
});
