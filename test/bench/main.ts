/**
 * `npm run bench -- [NAME...] [--only LINE] [--size N] [--database sqlite|postgres] [--json]`: what the product does per second, each line
 * beside a reference measured in the same run. No test asserts these figures: machines differ, ratios tell.
 */
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { bulkBench } from './bulk.ts';
import { contactsBench } from './contacts.ts';
import { dataExtensionBench } from './dataExtension.ts';
import { engineBench } from './engine.ts';
import { filesBench } from './files.ts';
import type { Line } from './line.ts';
import { printLines } from './line.ts';
import { planBench } from './plan.ts';
import { exportBench } from './upsert.ts';
import { workersBench } from './workers.ts';

const benches: readonly Bench[] = [
  contactsBench,
  bulkBench,
  planBench,
  exportBench,
  engineBench,
  workersBench,
  filesBench,
  dataExtensionBench,
];
const usage = 'npm run bench -- [NAME...] [--only LINE] [--size N] [--database sqlite|postgres] [--json]';

function readFlags() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string' },
        size: { type: 'string' },
        database: { type: 'string', default: 'sqlite' },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error;
  }
}

async function main(): Promise<number> {
  const flags = readFlags();
  if (flags instanceof TypeError) return refuse(`${flags.message}\n${usage}`);
  const { only, size, database, json } = flags.values;
  const unknown = flags.positionals.find((name) => !benches.some((bench) => bench.name === name));
  if (unknown !== undefined)
    return refuse(`There is no benchmark "${unknown}". There are: ${benches.map(({ name }) => name).join(', ')}.`);
  const names = benches.flatMap((bench) => bench.lines);
  if (only !== undefined && !names.includes(only))
    return refuse(`There is no line "${only}". There are: ${names.join(', ')}.`);
  if (database !== 'sqlite' && database !== 'postgres')
    return refuse(`There is no database "${database}": say sqlite or postgres.`);
  if (size !== undefined && !/^[1-9]\d{0,7}$/.test(size)) return refuse('Say a size from 1 to 99999999.');
  const named = benches.filter(({ name }) => flags.positionals.length === 0 || flags.positionals.includes(name));
  const chosen = named.filter((bench) => only === undefined || bench.lines.includes(only));
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
