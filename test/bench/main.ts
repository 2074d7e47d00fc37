/**
 * `npm run bench -- [--only NAME] [--size N] [--database sqlite] [--json]`: what the product does per second, each line
 * beside a reference measured in the same run. No test asserts these figures: machines differ, ratios tell.
 */
import { parseArgs } from 'node:util';
import { benchContacts, contactLines } from './contacts.ts';
import type { Line } from './line.ts';
import { printLines } from './line.ts';

interface Bench {
  lines: readonly string[];
  defaultSize: number;
  run(size: number, say: (text: string) => void): Promise<Line[]>;
}

const benches: readonly Bench[] = [{ lines: contactLines, defaultSize: 1_000_000, run: benchContacts }];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    size: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
    json: { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const { only, size, database, json } = values;
  const names = benches.flatMap((bench) => bench.lines);
  if (only !== undefined && !names.includes(only))
    return refuse(`There is no benchmark "${only}". There are: ${names.join(', ')}.`);
  if (database !== 'sqlite') return refuse(`The database "${database}" is not supported: say sqlite.`);
  if (size !== undefined && !/^[1-9]\d{0,7}$/.test(size)) return refuse('Say a size from 1 to 99999999.');
  const chosen = benches.filter((bench) => only === undefined || bench.lines.includes(only));
  const lines: Line[] = [];
  for (const bench of chosen)
    lines.push(
      ...(await bench.run(size === undefined ? bench.defaultSize : Number(size), (text) => console.error(text))),
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
