import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Command, runCommand } from '../harness/command.ts';
import { startProduct } from '../harness/product.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('an instance is copied while it serves; its twin does nothing until an admin confirms', async () => {
  const [data, copy, twin] = ['data', 'copy', 'twin'].map((name) => join(folder, name)) as [string, string, string];
  const product = await startProduct({ folder: data });
  const workflow = { formatVersion: 1 as const, internalName: 'empty', label: 'Empty', nodes: [], transitions: [] };
  try {
    await product.call('createWorkflow', { body: { workflow } });
    expect((await product.call('getSession')).held).toBeNull();
    const made = await runCommand('backup', '--data', data, '--to', copy);
    expect(made, made.err).toMatchObject({ code: 0, out: expect.stringMatching(/files, .* MB, as of .* in /) });
  } finally {
    await product.stop();
  }
  const restored = await runCommand('restore', '--from', copy, '--data', twin);
  expect(restored, restored.err).toMatchObject({
    code: 0,
    out: expect.stringContaining(`restore --confirm --data ${twin}`),
  });
  const serving = await startProduct({ folder: twin });
  try {
    expect((await serving.call('listWorkflows')).map((one) => one.internalName)).toEqual(['empty']);
    const { at } = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as { at: string };
    expect((await serving.call('getSession')).held).toMatchObject({ backupAt: at });
    await serving.call('confirmRestore');
    expect((await serving.call('getSession')).held).toBeNull();
    expect((await serving.call('listAudit', { query: { subject: 'instance' } }))[0]?.action).toBe('instance.confirm');
  } finally {
    await serving.stop();
  }
  expect(await runCommand('restore', '--hold', '--data', twin)).toMatchObject({ code: 0 });
  expect(await runCommand('restore', '--confirm', '--data', twin)).toMatchObject({
    code: 0,
    out: 'The instance works again.\n',
  });
  expect(await runCommand('restore', '--confirm', '--data', twin)).toMatchObject({
    code: 0,
    out: 'The instance was not held.\n',
  });
});

it('what cannot be copied is said with what to do', async () => {
  const none = await runCommand('backup', '--data', join(folder, 'none'), '--to', join(folder, 'copy'));
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('holds no instance. Name its data folder') });
  const nothing = await runCommand('restore', '--confirm', '--data', join(folder, 'none'));
  expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('holds no instance') });
  expect(await runCommand('restore')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--from, --confirm and --hold'),
  });
  const environment = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const postgres = await new Command(['backup', '--to', join(folder, 'copy')], environment).ended();
  expect(postgres).toMatchObject({ code: 2, err: expect.stringContaining('use pg_dump and pg_restore') });
});
