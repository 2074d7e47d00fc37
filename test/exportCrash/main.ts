/**
 * `npm run test:export-crash -- --cases N [--seed N] [--rows N] [--database sqlite|postgres|both]`: random exports of up to so many
 * rows while engines are killed (kill -9) or sleep past their lease, answers are lost after the write was applied, sessions
 * expire, records are locked and jobs fail half-way. After each: the organisation is what the plan said, each record was
 * created once, every row is accounted for. On PostgreSQL two engines work side by side. Ends with `N passed, N failed`; a case that failed is played again alone by
 * `--cases 1 --seed` with its seed.
 */
import { parseArgs } from 'node:util';
import { playCases } from './play.ts';

const usage = 'npm run test:export-crash -- --cases N [--seed N] [--rows N] [--database sqlite|postgres|both]';
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    rows: { type: 'string', default: '20000' },
    database: { type: 'string', default: 'both' },
  },
});

async function main(): Promise<number> {
  const { database } = values;
  const [cases, rows] = [Number(values.cases), Number(values.rows)];
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const isDatabase = database === 'sqlite' || database === 'postgres' || database === 'both';
  if (!isDatabase || ![cases, rows, seed].every((number) => Number.isInteger(number) && number >= 0)) {
    console.error(usage);
    return 2;
  }
  console.log(`${cases} cases from seed ${seed} on`);
  const { failures, met, again, outcomes } = await playCases({ cases, seed, rows, database, say: console.log });
  console.log(`kills: ${met.kill}, sleeps: ${met.sleep}, attempts again: ${again}; rows: ${JSON.stringify(outcomes)}`);
  for (const failure of failures) console.log(failure);
  console.log(`${cases - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
