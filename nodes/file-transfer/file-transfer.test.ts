import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engineWithFiles } from '../../test/harness/files.ts';
import { fileColumns } from '../kit/fileRows.ts';

const { engine, put, read, place } = engineWithFiles();

type Config = Record<string, unknown>;
const flow = (config: Config) =>
  engine.flow({ transfer: { type: 'file-transfer', config: { connection: 'files', local: 'more', ...config } } }, []);
const inMore = (path: string): string => join(engine.filesFolder, 'more', path);
const paths = (rows: Record<string, unknown>[]) => rows.map(({ path }) => path);

async function three(folder: string): Promise<void> {
  for (const [name, text] of [
    ['a.csv', 'a'],
    ['b.csv', 'bb'],
    ['c.txt', 'ccc'],
  ] as const)
    await put(`${folder}/${name}`, text);
}

describe('a download', () => {
  it('brings all files that a mask means, and gives a row for each', async () => {
    await three('out1');
    const run = await flow({ path: 'out1/*.csv', target: 'in1' }).finished();
    expect(await run.rows('transfer.success')).toMatchObject([
      { path: 'in1/a.csv', name: 'a.csv', size: 1 },
      { path: 'in1/b.csv', name: 'b.csv', size: 2 },
    ]);
    expect(run.vars('transfer')).toMatchObject({ filename: 'in1/a.csv\nin1/b.csv', filesCount: 2 });
    expect(await readdir(inMore('in1'))).toEqual(['a.csv', 'b.csv']);
    expect(await readFile(inMore('in1/b.csv'), 'utf8')).toBe('bb');
    expect(await readdir(place('out1'))).toEqual(['a.csv', 'b.csv', 'c.txt']);
  });

  it.each([
    ['remove', ['c.txt']],
    ['archive', ['c.txt', 'done']],
  ])('then %ss them where they came from', async (after, left) => {
    const folder = `out-${after}`;
    await three(folder);
    await flow({ path: `${folder}/*.csv`, target: `in-${after}`, after, archive: `${folder}/done` }).finished();
    expect(await readdir(inMore(`in-${after}`))).toEqual(['a.csv', 'b.csv']);
    expect(await readdir(place(folder))).toEqual(left);
    if (after === 'archive') expect((await read(`${folder}/done/b.csv`)).toString()).toBe('bb');
  });

  it('into an archive replaces no file of the same name there: the new one has its time in its name', async () => {
    await put('again/done/a.csv', 'kept');
    const config = { path: 'again/*.csv', target: 'again', after: 'archive', archive: ' again/done ' };
    for (const text of ['first', 'second']) {
      await put('again/a.csv', text);
      await utimes(place('again/a.csv'), 1_767_225_600, 1_767_225_600);
      await flow(config).finished();
    }
    const texts = await Promise.all(
      (await readdir(place('again/done'))).sort().map(async (name) => [name, String(await read(`again/done/${name}`))]),
    );
    expect(texts).toEqual([
      ['a-20260101T000000Z-2.csv', 'second'],
      ['a-20260101T000000Z.csv', 'first'],
      ['a.csv', 'kept'],
    ]);
  });

  it('takes names with blanks at their edges as they are, and a path without those around it', async () => {
    await put('blank/ a.csv ', 'a');
    await put('blank/b.csv', 'b');
    const run = await flow({ path: 'blank/*', target: 'blank', after: 'remove' }).finished();
    expect(paths(await run.rows('transfer.success'))).toEqual(['blank/ a.csv ', 'blank/b.csv']);
    expect([await readdir(inMore('blank')), await readdir(place('blank'))]).toEqual([[' a.csv ', 'b.csv'], []]);
    await put('blank/c.csv ', 'c');
    await put('blank/d.csv', 'd');
    for (const [path, found] of [
      ['blank/c.csv ', 'blank/c.csv '],
      [' blank/d.csv\n', 'blank/d.csv'],
    ])
      expect(paths(await (await flow({ action: 'exists', path }).finished()).rows('transfer.success'))).toEqual([
        found,
      ]);
  });

  it.each(['remove', 'archive'])(
    'that died on the way to %s goes on, and no file is missed or named twice',
    async (after) => {
      // The listing, the first file before it appears, and each file that is noted.
      for (const number of [1, 3, 4, 7, 10]) {
        for (const when of ['before', 'after'] as const) {
          const folder = `torn-${after}-${number}-${when}`;
          await three(folder);
          const config = { path: `${folder}/*`, target: folder, after, archive: `${folder}/done` };
          const run = await flow(config).interrupted('transfer', { call: 'append', number, when }).finished();
          expect(run.task('transfer').attempt).toBe(2);
          expect(paths(await run.rows('transfer.success'))).toEqual(
            ['a.csv', 'b.csv', 'c.txt'].map((name) => `${folder}/${name}`),
          );
          expect(await readdir(inMore(folder))).toEqual(['a.csv', 'b.csv', 'c.txt']);
          expect(await readdir(place(folder))).toEqual(after === 'remove' ? [] : ['done']);
        }
      }
    },
  );

  it('that noted no place in the archive, as earlier versions did, still brings the file there', async () => {
    await three('unnoted');
    const run = await flow({ path: 'unnoted/*.csv', target: 'unnoted', after: 'archive', archive: 'unnoted/done' })
      .with('transfer', { retry: { attempts: 3, delay: 0, maxDelay: 0 } })
      .watched('transfer', {
        interruption: { call: 'append', number: 4, when: 'after' },
        onCall: async (call, { task, writer }) => {
          if (call !== 'writer' || task.attempt !== 2) return;
          const files = await writer({ columns: [...fileColumns], name: 'files', resume: true });
          await files.append([], { position: 0 });
        },
      })
      .finished();
    expect(run.task('transfer').attempt).toBe(2);
    expect(await readdir(place('unnoted'))).toEqual(['c.txt', 'done']);
    expect((await readdir(place('unnoted/done'))).sort()).toEqual(['a.csv', 'b.csv']);
  });

  it.each(['remove', 'archive'])(
    'that died leaves a file that came meanwhile, whose way it is to %s them',
    async (after) => {
      const folder = `came-${after}`;
      await put(`${folder}/a.csv`, 'first');
      const run = await flow({ path: `${folder}/*`, target: folder, after, archive: `${folder}/done` })
        .with('transfer', { retry: { attempts: 3, delay: 0, maxDelay: 0 } })
        .watched('transfer', {
          // Behind the listing, and two looks whether it is still the attempt that counts.
          interruption: { call: 'append', number: 4, when: 'after' },
          onCall: async (call, { task }) => {
            if (call === 'writer' && task.attempt === 2) await put(`${folder}/a.csv`, 'the next one');
          },
        })
        .finished();
      expect(run.task('transfer').attempt).toBe(2);
      expect((await read(`${folder}/a.csv`)).toString()).toBe('the next one');
      expect(await readFile(inMore(`${folder}/a.csv`), 'utf8')).toBe('first');
    },
  );
});

it('an upload goes the other way, of the file that a node before has written', async () => {
  const run = await engine
    .flow(
      {
        extract: { type: 'extract-file', config: { connection: 'more', path: 'made.csv' } },
        transfer: {
          type: 'file-transfer',
          config: { action: 'upload', connection: 'files', local: 'more', path: '<%= vars.filename %>', target: 'up' },
        },
      },
      ['input -> extract', 'extract -> transfer'],
    )
    .withRows('input', [{ name: 'a', type: 'integer' }], [[1]])
    .finished();
  expect(paths(await run.rows('transfer.success'))).toEqual(['up/made.csv']);
  expect((await read('up/made.csv')).toString()).toBe('a\r\n1\r\n');
});

it('a list names files and touches none; a test for one file likewise', async () => {
  await three('list');
  const run = await flow({ action: 'list', path: 'list/?.csv' }).finished();
  expect(paths(await run.rows('transfer.success'))).toEqual(['list/a.csv', 'list/b.csv']);
  const one = await flow({ action: 'exists', path: 'list/c.txt' }).finished();
  expect(one.counts).toMatchObject({ 'transfer.success': 1 });
  expect(await readdir(place('list'))).toEqual(['a.csv', 'b.csv', 'c.txt']);
});

it('files are removed by a mask', async () => {
  await three('gone');
  await flow({ action: 'remove', path: 'gone/*.csv' }).finished();
  expect(await readdir(place('gone'))).toEqual(['c.txt']);
});

describe('without a file', () => {
  it('it leaves by Not found', async () => {
    const run = await flow({ action: 'exists', path: 'none/*' }).finished();
    expect(Object.keys(run.task('transfer').outputs)).toEqual(['missing']);
    expect(run.vars('transfer')).toMatchObject({ filesCount: 0 });
  });

  it('or fails', async () => {
    const run = await flow({ path: 'none/*', missing: 'fail' }).finished();
    expect(run.detail.error).toMatchObject({ code: 'FILE_MISSING', details: { path: 'files/files/none/*' } });
  });
});

describe('while drawing', () => {
  it.each([
    [{ path: '' }, 'path'],
    [{ path: 'a', connection: '' }, 'connection'],
    [{ path: 'a', local: '' }, 'local'],
    [{ path: 'a', after: 'archive', archive: ' ' }, 'archive'],
  ])('%j is a problem at %s', (config, path) => {
    const problems = flow(config).problems();
    expect(problems.filter(({ code }) => code === 'CONFIG_INVALID').map((issue) => issue.path)).toEqual([path]);
  });

  it('nothing but what writes is left out of a simulation', () => {
    const { writesOutside } = engine.parts.catalog.definitions.get('file-transfer') ?? {};
    expect(writesOutside?.({ action: 'list', path: 'a' })).toBeNull();
    expect(writesOutside?.({ action: 'remove', path: 'a' })).toBe('remove a');
  });
});
