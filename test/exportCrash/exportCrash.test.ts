/** The small edition of `npm run test:export-crash`, which has many more cases, and larger ones. */
import { expect, it } from 'vitest';
import { playCases } from './play.ts';

it('writes each row once, whatever dies and whenever, and says what became of it', { timeout: 300_000 }, async () => {
  const { failures, again, met, outcomes } = await playCases({
    cases: 10,
    seed: 20261122,
    rows: 400,
    database: 'both',
    say: () => undefined,
  });
  expect(failures).toEqual([]);
  // Exports that nothing disturbs would prove nothing.
  expect(again).toBeGreaterThan(5);
  expect(met.kill).toBeGreaterThan(2);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['created', 'updated']));
});
