import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './sources.ts';

/** A small tree laid out as this repository, in which every import is allowed. */
export const lawful: Record<string, string> = {
  'contract/leaf.ts': "import { z } from 'zod';\nexport const leaf = z.string();",
  'nodes/kit/run.ts': "import type { leaf } from '../../contract/leaf.ts';\nexport type NodeRun = typeof leaf;",
  'nodes/kit/panel/Form.tsx': "import { useState } from 'react';\nexport const Form = () => useState(0);",
  'nodes/one/definition.ts':
    "import { z } from 'zod';\nimport { leaf } from '../../contract/leaf.ts';\nimport type { NodeRun } from '../kit/run.ts';\nimport { part } from './part.ts';\nexport const definition = [z, leaf, part];\nexport type Run = NodeRun;",
  'nodes/one/part.ts': "export { z as part } from 'zod';",
  'nodes/one/run.ts':
    "import { createHash } from 'node:crypto';\nimport { definition } from './definition.ts';\nexport const run = [createHash, definition];",
  'nodes/one/Panel.tsx': "import { Form } from '../kit/panel/Form.tsx';\nexport const Panel = [Form];",
  'nodes/one/one.test.ts': "import '../../server/main.ts';\nimport './run.ts';",
  'nodes/two/run.ts': 'export const run = 2;',
  'connectors/alpha/definition.ts': "import { leaf } from '../../contract/leaf.ts';\nexport const definition = leaf;",
  'connectors/alpha/client.ts':
    "import { repeat } from '../kit/repeat.ts';\nimport { definition } from './definition.ts';\nimport 'node:http';\nexport const client = [definition, repeat];",
  'connectors/beta/client.ts': 'export const client = 2;',
  'connectors/kit/repeat.ts': "import 'node:timers/promises';\nexport const repeat = 1;",
  'sandbox/evaluate.ts': "import 'node:worker_threads';\nexport const evaluate = 1;",
  'server/config.ts': 'export const config = 1;',
  'server/main.ts':
    "import express from 'express';\nimport { client } from '../connectors/alpha/client.ts';\nimport { leaf } from '../contract/leaf.ts';\nimport { run } from '../nodes/one/run.ts';\nimport { evaluate } from '../sandbox/evaluate.ts';\nimport { config } from './config.ts';\nexport const main = [express, client, leaf, run, evaluate, config];",
  'editor/canvas.tsx': 'export const canvas = 1;',
  'editor/main.tsx':
    "import { useState } from 'react';\nimport { definition as connector } from '../connectors/alpha/definition.ts';\nimport { leaf } from '../contract/leaf.ts';\nimport { definition } from '../nodes/one/definition.ts';\nimport { Panel } from '../nodes/one/Panel.tsx';\nimport { canvas } from './canvas.tsx';\nexport const main = [useState, connector, leaf, definition, Panel, canvas];",
  'cli/main.ts':
    "import { leaf } from '../contract/leaf.ts';\nimport { main } from '../server/main.ts';\nexport const cli = [leaf, main];",
  'demo/alpha/main.ts': "import 'node:http';\nexport const demo = 1;",
  'scripts/node.mjs': "import 'node:fs/promises';\nexport const node = 1;",
  'bin/syncline.mjs': "import { node } from '../scripts/node.mjs';\nexport const bin = node;",
  'test/all.test.ts':
    "import { test } from 'vitest';\nimport '../cli/main.ts';\nimport '../demo/alpha/main.ts';\nimport '../editor/main.tsx';\ntest;",
};

/** One forbidden import each: the rule that must refuse it, where it stands, what it imports. */
export const plants: [rule: string, file: string, imported: string][] = [
  ['contract', 'contract/planted.ts', '../server/config.ts'],
  ['contract', 'contract/plantedPackage.ts', 'react'],
  ['contract', 'contract/plantedCore.ts', 'node:path'],
  ['connectors', 'connectors/alpha/planted.ts', '../../server/config.ts'],
  ['connectors', 'connectors/alpha/plantedSibling.ts', '../beta/client.ts'],
  ['connectors', 'connectors/kit/planted.ts', '../beta/client.ts'],
  ['nodes', 'nodes/one/planted.ts', '../../server/config.ts'],
  ['nodes', 'nodes/one/plantedSibling.ts', '../two/run.ts'],
  ['nodes', 'nodes/one/plantedConnector.ts', '../../connectors/alpha/client.ts'],
  ['nodes', 'nodes/kit/planted.ts', '../two/run.ts'],
  ['node-definition', 'nodes/two/definition.ts', 'react'],
  ['node-definition', 'nodes/three/definition.ts', './run.ts'],
  ['connector-definition', 'connectors/beta/definition.ts', './client.ts'],
  ['connector-definition', 'connectors/gamma/definition.ts', 'node:http'],
  ['connector-definition', 'connectors/delta/definition.ts', '../kit/repeat.ts'],
  ['server', 'server/planted.ts', '../editor/canvas.tsx'],
  ['server', 'server/plantedKit.ts', '../connectors/kit/repeat.ts'],
  ['server', 'server/plantedPanel.ts', '../nodes/one/Panel.tsx'],
  ['server', 'server/plantedDemo.ts', '../demo/alpha/main.ts'],
  ['editor', 'editor/planted.ts', '../server/config.ts'],
  ['editor', 'editor/plantedRun.ts', '../nodes/two/run.ts'],
  ['editor', 'editor/plantedClient.ts', '../connectors/beta/client.ts'],
  ['cli', 'cli/planted.ts', '../demo/alpha/main.ts'],
  ['cli', 'cli/plantedNode.ts', '../nodes/two/run.ts'],
  ['sandbox', 'sandbox/planted.ts', '../contract/leaf.ts'],
  ['demo', 'demo/alpha/planted.ts', '../../contract/leaf.ts'],
  ['scripts', 'scripts/planted.mjs', '../server/config.ts'],
  ['package-before-installation', 'scripts/plantedPackage.mjs', 'zod'],
  ['bin', 'bin/planted.mjs', '../cli/main.ts'],
  ['browser-reaches-server', 'editor/plantedExpress.ts', './step.ts'],
  ['browser-reaches-server', 'nodes/four/Panel.tsx', './run.ts'],
  ['browser-reaches-node', 'editor/plantedCore.ts', 'node:fs'],
  ['browser-reaches-node', 'nodes/five/definition.ts', './part.ts'],
  ['definition-reaches-panel', 'nodes/six/definition.ts', './part.ts'],
  ['product-imports-test', 'server/plantedTest.ts', '../nodes/one/one.test.ts'],
  ['cycle', 'server/plantedCycle.ts', './plantedCycleBack.ts'],
  ['undeclared', 'server/plantedUndeclared.ts', 'knex'],
  ['unresolved', 'server/plantedNowhere.ts', './nowhere.ts'],
  ['development-only', 'server/plantedDevelopment.ts', 'vitest'],
];

/** What the plants lean on. */
export const props: Record<string, string> = {
  'editor/step.ts': "import 'express';",
  'nodes/three/run.ts': 'export const run = 3;',
  'nodes/four/run.ts': 'export const run = 4;',
  'nodes/five/part.ts': "import 'node:os';",
  'nodes/six/part.ts': "import 'react';",
  'server/plantedCycleBack.ts': "import './plantedCycle.ts';",
};

/** Writes a tree into a new folder with the packages of this repository; `remove` takes it away again. */
export function plantTree(files: Record<string, string>): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-planted-'));
  const dependencies = { express: '*', react: '*', zod: '*' };
  const all = {
    ...files,
    'package.json': JSON.stringify({ type: 'module', dependencies, devDependencies: { vitest: '*' } }),
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
