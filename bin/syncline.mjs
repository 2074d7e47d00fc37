#!/usr/bin/env node
import { join } from 'node:path';
import { root, runNode } from '../scripts/node.mjs';
import { runMain } from '../scripts/problem.mjs';

await runMain(() => runNode([join(root, 'cli', 'main.ts'), ...process.argv.slice(2)]));
