/**
 * `npm run test:export-crash -- --cases N [--seed N] [--rows N]`: random exports while everything around them fails; as many
 * as wanted, of at most so many rows each. Ends with `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string' },
    rows: { type: 'string', default: '300' },
  },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}, ${values.cases} cases`);

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(process.execPath, [vitest, 'run', 'test/exportCrash/exportCrash.test.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: {
    ...process.env,
    EXPORT_CRASH_CASES: values.cases,
    EXPORT_CRASH_SEED: seed,
    EXPORT_CRASH_ROWS: values.rows,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
let counted = '';
for await (const line of createInterface({ input: child.stdout })) {
  counted = /cases: (\d+ passed, \d+ failed)/.exec(line)?.[1] ?? counted;
  console.log(line);
}
const code = await ended;
// Without a count it ended before the last case, and what came after was not tried.
const isWhole = counted !== '' && (code === 0 || !counted.endsWith(' 0 failed'));
console.log(isWhole ? counted : '0 passed, 1 failed');
process.exitCode = code === 0 ? 0 : 1;
