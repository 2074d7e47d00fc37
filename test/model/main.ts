/**
 * `npm run test:model -- --cases N [--seed N] [--database sqlite|postgres]`: random workflows on the engine and on the
 * reference, as many as wanted. Ends with `N passed, N failed`, where one drawing is one case.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    database: { type: 'string', default: 'sqlite' },
  },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}, ${values.cases} cases on ${values.database}`);

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(process.execPath, [vitest, 'run', 'test/model/model.test.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: {
    ...process.env,
    MODEL_CASES: values.cases,
    MODEL_SEED: seed,
    SYNCLINE_TEST_DATABASE: values.database,
  },
  stdio: 'inherit',
});
const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
// fast-check stops at the first drawing that differs and makes it small: what came after it was not tried.
console.log(code === 0 ? `${values.cases} passed, 0 failed` : '0 passed, 1 failed');
process.exitCode = code === 0 ? 0 : 1;
