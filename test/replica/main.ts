/**
 * `npm run test:replica -- --cases N [--seed N]`: random schedules of writes, late commits, ties and deletions in the demo
 * organisation, and of imports that die half-way; as many as wanted. Ends with `N passed, N failed`, where one schedule is
 * one case.
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
const child = spawn(process.execPath, [vitest, 'run', 'test/replica/replica.test.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  env: { ...process.env, REPLICA_CASES: values.cases, REPLICA_SEED: seed },
  stdio: 'inherit',
});
const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
// fast-check stops at the first schedule that leaves a difference and makes it small: what came after it was not tried.
console.log(code === 0 ? `${values.cases} passed, 0 failed` : '0 passed, 1 failed');
process.exitCode = code === 0 ? 0 : 1;
