import { readdir, utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { engineWithFiles } from '../../test/harness/files.ts';

const { engine, put, place } = engineWithFiles();

type Config = Record<string, unknown>;
const collect = (config: Config) =>
  engine.flow({ collect: { type: 'file-collector', config: { connection: 'files', settle: 0, ...config } } }, []);
/** With a node behind it that loads the file that was collected. */
const collectAndLoad = (config: Config) =>
  engine.flow(
    {
      collect: { type: 'file-collector', config: { connection: 'files', settle: 0, ...config } },
      load: {
        type: 'load-file',
        config: { connection: 'files', path: '<%= vars.filename %>', columns: [{ name: 'a' }], origin: true },
      },
    },
    ['collect -> load'],
  );
const names = (rows: Record<string, unknown>[]) => rows.map(({ name }) => name);

describe('each file', () => {
  it('starts what follows once, one after the other by name', async () => {
    await put('each/2.csv', 'a\ntwo\n');
    await put('each/1.csv', 'a\none\n');
    await put('each/x.txt', 'no');
    const flow = collectAndLoad({ path: 'each/*.csv' });
    const run = await flow.finished();
    expect(run.describe()).toMatch(/^succeeded/);
    const loads = run.detail.tasks.filter(({ nodeId }) => nodeId === run.task('load').nodeId);
    expect(loads.map(({ vars }) => vars.filename)).toEqual(['each/1.csv', 'each/2.csv']);
    expect(loads.map(({ outputs }) => outputs.success?.count)).toEqual([1, 1]);
    const again = await flow.finished();
    expect(Object.keys(again.task('collect').outputs)).toEqual(['none']);
  });

  it('that was changed, or comes later, is a new one', async () => {
    await put('new/1.csv', 'a\n');
    const flow = collect({ path: 'new/*', deliver: 'together' });
    expect(names(await (await flow.finished()).rows('collect.success'))).toEqual(['1.csv']);
    await put('new/2.csv', 'a\n');
    await utimes(place('new/1.csv'), new Date(0), new Date(0));
    expect(names(await (await flow.finished()).rows('collect.success'))).toEqual(['1.csv', '2.csv']);
    expect(Object.keys((await flow.finished()).task('collect').outputs)).toEqual(['none']);
  });

  it('is collected by each workflow for itself', async () => {
    await put('own/1.csv', 'a\n');
    for (let count = 0; count < 2; count += 1)
      expect((await collect({ path: 'own/*' }).finished()).counts).toMatchObject({ 'collect.success': 1 });
  });

  it('that is still young is left alone until it has settled', async () => {
    await put('young/1.csv', 'a\n');
    const flow = collect({ path: 'young/*', settle: 60, deliver: 'together' });
    expect(Object.keys((await flow.finished()).task('collect').outputs)).toEqual(['none']);
    const past = new Date(Date.now() - 120_000);
    await utimes(place('young/1.csv'), past, past);
    expect(names(await (await flow.finished()).rows('collect.success'))).toEqual(['1.csv']);
  });

  it('may be moved before anything follows', async () => {
    await put('moved/1.csv', 'a\none\n');
    const run = await collectAndLoad({ path: 'moved/*', after: 'archive', archive: 'moved/done' }).finished();
    expect(run.vars('load').filename).toBe('moved/done/1.csv');
    expect(run.counts).toMatchObject({ 'load.success': 1 });
    expect(await readdir(place('moved'))).toEqual(['done']);
  });
});

it('a file is never moved over another of its name, which somebody may be about to read', async () => {
  const flow = collectAndLoad({ path: 'same/*', after: 'archive', archive: 'same/done' });
  await put('same/1.csv', 'a\none\n');
  const first = await flow.finished();
  await put('same/1.csv', 'a\ntwo\nthree\n');
  const second = await flow.finished();
  expect(first.vars('load').filename).toBe('same/done/1.csv');
  expect(second.vars('load').filename).toMatch(/^same\/done\/1-[0-9a-f]{8}\.csv$/);
  expect(second.counts).toMatchObject({ 'load.success': 2 });
  expect((await readdir(place('same/done'))).length).toBe(2);
});

it('takes at most so many, and the others the next time', async () => {
  for (const name of ['1', '2', '3']) await put(`most/${name}`, 'a\n');
  const flow = collect({ path: 'most/*', most: 2, deliver: 'together' });
  expect(names(await (await flow.finished()).rows('collect.success'))).toEqual(['1', '2']);
  expect(names(await (await flow.finished()).rows('collect.success'))).toEqual(['3']);
});

it.each(['keep', 'archive'])('an attempt that dies loses no file and gives none twice (%s)', async (after) => {
  for (const call of ['table', 'once', 'append'] as const)
    for (const when of ['before', 'after'] as const) {
      const folder = `torn-${after}-${call}-${when}`;
      for (const name of ['1', '2']) await put(`${folder}/${name}`, 'a\n');
      const config = { path: `${folder}/*`, after, archive: `${folder}/done`, deliver: 'together' };
      const run = await collect(config).interrupted('collect', { call, number: 1, when }).finished();
      expect(run.task('collect').attempt).toBe(2);
      expect(names(await run.rows('collect.success'))).toEqual(['1', '2']);
      if (after === 'archive') expect(await readdir(place(folder))).toEqual(['done']);
    }
});

it('works behind a Scheduler', async () => {
  await put('planned/1.csv', 'a\n');
  const run = await engine
    .flow(
      {
        plan: { type: 'scheduler', config: {} },
        collect: { type: 'file-collector', config: { connection: 'files', settle: 0, path: 'planned/*' } },
      },
      ['plan -> collect'],
    )
    .scheduledFor('2026-03-02T08:00:00.000Z')
    .finished();
  expect(run.counts).toMatchObject({ 'collect.success': 1 });
});

it.each([
  [{ path: '' }, 'path'],
  [{ path: 'a', connection: '' }, 'connection'],
  [{ path: 'a', after: 'archive', archive: '' }, 'archive'],
])('%j is a problem at %s', (config, path) => {
  const problems = collect(config).problems();
  expect(problems.filter(({ code }) => code === 'CONFIG_INVALID').map((issue) => issue.path)).toEqual([path]);
});
