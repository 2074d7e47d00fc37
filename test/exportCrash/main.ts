/**
 * `npm run test:export-crash -- --cases N [--target NAME] [--seed N] [--rows N] [--database sqlite|postgres|both]`: random exports of
 * up to so many rows while engines are killed (kill -9) or sleep past their lease, and the outside systems fail in the ways that
 * are theirs. After each: what is there is what was planned, each record was created once, every row is accounted for. On
 * PostgreSQL two engines work side by side. Ends with `N passed, N failed`; a case that failed is played again alone by
 * `--cases 1 --seed` with its seed, and the same target and rows.
 */
import { parseArgs } from 'node:util';
import { playCases, targets } from './play.ts';

const usage = `npm run test:export-crash -- --cases N [--target ${Object.keys(targets).join('|')}] [--seed N] [--rows N] [--database sqlite|postgres|both]`;
const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'salesforce' },
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    rows: { type: 'string', default: '20000' },
    database: { type: 'string', default: 'both' },
  },
});

async function main(): Promise<number> {
  const { database, target } = values;
  const [cases, rows] = [Number(values.cases), Number(values.rows)];
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const isDatabase = database === 'sqlite' || database === 'postgres' || database === 'both';
  const areNumbers = [cases, rows, seed].every((number) => Number.isInteger(number) && number >= 0);
  if (!isDatabase || !areNumbers || !Object.hasOwn(targets, target)) {
    console.error(usage);
    return 2;
  }
  console.log(`${cases} cases of ${target} from seed ${seed} on`);
  const { failures, met, again, outcomes } = await playCases({
    ...{ target, cases, seed, rows, database },
    say: console.log,
  });
  console.log(`kills: ${met.kill}, sleeps: ${met.sleep}, attempts again: ${again}; rows: ${JSON.stringify(outcomes)}`);
  for (const failure of failures) console.log(failure);
  console.log(`${cases - failures.length} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}

process.exitCode = await main();
