import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Workflow } from '../../contract/workflow.ts';
import { Command } from '../harness/command.ts';
import { createDatabase, dropDatabase } from '../harness/database.ts';
import { startProduct } from '../harness/product.ts';

let folder: string;
let env: { DATABASE_URL: string };
const commands: Command[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-worker-'));
  env = { DATABASE_URL: await createDatabase() };
});
afterEach(async () => {
  for (const command of commands.splice(0)) await command.stop();
  await dropDatabase(env.DATABASE_URL);
  await rm(folder, { recursive: true });
});

function start(...args: string[]): Command {
  const command = new Command([...args, '--data', folder], env);
  commands.push(command);
  return command;
}

const script = "vars.done = true; logInfo('done');";
const config = { mode: 'run', columns: [], script };
const workflow: Workflow = {
  formatVersion: 1,
  internalName: 'small',
  label: 'Small',
  nodes: [{ id: 'a', type: 'javascript-code', name: 'a', label: 'a', x: 0, y: 0, config }],
  transitions: [],
};

it('a server without an engine and a worker on one PostgreSQL do the work together, and end well', async () => {
  const product = await startProduct({ folder, env, args: ['--no-engine'] });
  const health = async () => (await (await fetch(`${product.url}/healthz`)).json()) as unknown;
  expect(await health()).toMatchObject({ store: 'postgres', engine: 'none' });
  await product.call('createWorkflow', { body: { workflow } });
  const { id } = await product.call('startRun', { params: { workflow: 'small' }, body: { which: 'draft' } });
  expect((await product.call('getRun', { params: { run: id } })).state).toBe('queued');
  const worker = start('worker');
  await worker.says(/The worker \d+ is ready/);
  expect((await product.finished(id)).state).toBe('succeeded');
  expect(await health()).toMatchObject({ engine: 'ok' });
  const file = join(folder, 'small.json');
  await writeFile(file, JSON.stringify(workflow));
  const run = await start('run', file, '--json').ended();
  expect([run.code, JSON.parse(run.out)]).toMatchObject([0, { state: 'succeeded' }]);
  expect(await worker.stop()).toMatchObject({ code: 0 });
  await product.stop();
});

it('a database that cannot be reached is named, without its password', async () => {
  const away = new Command(['worker', '--data', folder], { DATABASE_URL: 'postgres://ann:secret@127.0.0.1:9/none' });
  const { code, err } = await away.ended();
  expect(code).not.toBe(0);
  expect(err).toContain('The database 127.0.0.1:9/none cannot be used');
  expect(err).not.toContain('secret');
});
