/**
 * `npm run test:plan -- --cases N [--seed N]`: random organisations, mappings and rows, each planned, approved, applied, and
 * compared; as many as wanted. Ends with `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '1000' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}, ${values.cases} cases`);

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(process.execPath, [vitest, 'run', 'test/planApply/planApply.test.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: { ...process.env, PLAN_CASES: values.cases, PLAN_SEED: seed },
  stdio: 'inherit',
});
const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
// fast-check stops at the first case that differs: what came after it was not tried.
console.log(code === 0 ? `${values.cases} passed, 0 failed` : '0 passed, 1 failed');
process.exitCode = code === 0 ? 0 : 1;
