/**
 * `npm run bench -- [--only NAME] [--size N] [--database sqlite|postgres] [--json]`: what the product does per second, each line
 * beside a reference measured in the same run. No test asserts these figures: machines differ, ratios tell.
 */
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { bulkBench } from './bulk.ts';
import { contactsBench } from './contacts.ts';
import { engineBench } from './engine.ts';
import type { Line } from './line.ts';
import { printLines } from './line.ts';
import { planBench } from './plan.ts';
import { exportBench } from './upsert.ts';
import { workersBench } from './workers.ts';

const benches: readonly Bench[] = [contactsBench, bulkBench, planBench, exportBench, engineBench, workersBench];
const usage = 'npm run bench -- [--only NAME] [--size N] [--database sqlite|postgres] [--json]';

function readFlags() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        size: { type: 'string' },
        database: { type: 'string', default: 'sqlite' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error;
  }
}

async function main(): Promise<number> {
  const flags = readFlags();
  if (flags instanceof TypeError) return refuse(`${flags.message}\n${usage}`);
  const { only, size, database, json } = flags;
  const names = benches.flatMap((bench) => bench.lines);
  if (only !== undefined && !names.includes(only))
    return refuse(`There is no benchmark "${only}". There are: ${names.join(', ')}.`);
  if (database !== 'sqlite' && database !== 'postgres')
    return refuse(`There is no database "${database}": say sqlite or postgres.`);
  if (size !== undefined && !/^[1-9]\d{0,7}$/.test(size)) return refuse('Say a size from 1 to 99999999.');
  const chosen = benches.filter((bench) => only === undefined || bench.lines.includes(only));
  const lines: Line[] = [];
  for (const bench of chosen)
    lines.push(
      ...(await bench.run(size === undefined ? bench.defaultSize : Number(size), {
        database,
        say: (text) => console.error(text),
      })),
    );
  const shown = lines.filter((line) => only === undefined || line.name === only);
  console.log(json ? JSON.stringify(shown, null, 2) : printLines(shown));
  return 0;
}

function refuse(reason: string): number {
  console.error(reason);
  return 2;
}

process.exitCode = await main();
