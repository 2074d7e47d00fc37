/** The small edition of `npm run test:export-crash`, which has many more cases, and larger ones. */
import { expect, it } from 'vitest';
import type { Wish } from './play.ts';
import { playCases } from './play.ts';

const play = (wish: Pick<Wish, 'target' | 'cases' | 'seed' | 'rows'>) =>
  playCases({ ...wish, database: 'both', say: () => undefined });

it('writes each row once, whatever dies and whenever, and says what became of it', async () => {
  const { failures, again, met, outcomes } = await play({ target: 'salesforce', cases: 10, seed: 20261122, rows: 400 });
  expect(failures).toEqual([]);
  // Exports that nothing disturbs would prove nothing.
  expect(again).toBeGreaterThan(5);
  expect(met.kill).toBeGreaterThan(2);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['created', 'updated']));
});

it('does so in Dataverse, where nobody but the organisation knows which keys are taken', async () => {
  const { failures, again, outcomes } = await play({ target: 'dataverse', cases: 3, seed: 121, rows: 200 });
  expect(failures).toEqual([]);
  expect(again).toBeGreaterThan(0);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['deleted', 'undo undeleted']));
});

it('brings files to a data extension whole, and imports what they hold', async () => {
  const { failures, again, outcomes } = await play({ target: 'sftp', cases: 3, seed: 303, rows: 200 });
  expect(failures).toEqual([]);
  expect(again).toBeGreaterThan(0);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['written', 'NOT_IMPORTED', 'again written']));
});

it('sends rows to a data extension by requests whose answers are lost', async () => {
  const { failures, outcomes } = await play({ target: 'rest', cases: 2, seed: 400, rows: 200 });
  expect(failures).toEqual([]);
  expect(Object.keys(outcomes)).toEqual(expect.arrayContaining(['written', 'again written']));
});
