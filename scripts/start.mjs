import { join } from 'node:path';
import { root, runNode } from './node.mjs';
import { prepare } from './prepare.mjs';
import { runMain } from './problem.mjs';

await runMain(async () => {
  await prepare();
  return runNode([join(root, 'cli', 'main.ts'), 'serve', '--demo', ...process.argv.slice(2)]);
});
