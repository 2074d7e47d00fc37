#!/usr/bin/env node
import { runNode } from '../scripts/node.mjs';
import { runMain } from '../scripts/problem.mjs';

// `node bin/node.mjs file.ts …` runs a program of this repository on the Node it needs, whatever the system's Node is.
await runMain(() => runNode(process.argv.slice(2)));
