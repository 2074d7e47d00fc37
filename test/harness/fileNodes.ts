/** All that the file nodes do, between the folder "files" of this instance and a server behind another connection. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestEngine } from './engine.ts';
import type { RunView } from './runView.ts';

const columns = [
  { name: 'Id', type: 'integer' as const },
  { name: 'Name', type: 'text' as const },
];
const rows = [
  [2, 'Zoë, "Z"'],
  [1, 'Änne'],
];

/** `there`: the name of the connection. */
export async function useAllFileNodes(engine: TestEngine, there: string): Promise<void> {
  await transferBothWays(engine, there);
  await extractAndLoad(engine, there);
  await collect(engine, there);
}

const local = (engine: TestEngine, path: string): string => join(engine.filesFolder, 'files', path);

async function transferBothWays(engine: TestEngine, there: string): Promise<void> {
  const transfer = (config: object): Promise<RunView> => {
    const node = { type: 'file-transfer', config: { connection: there, local: 'files', ...config } };
    return engine.flow({ transfer: node }, []).finished();
  };
  const listed = async (path: string): Promise<unknown[]> => {
    const run = await transfer({ action: 'list', path });
    return 'success' in run.task('transfer').outputs
      ? (await run.rows('transfer.success')).map((row) => [row.path, row.size])
      : [];
  };
  await mkdir(local(engine, 'out'), { recursive: true });
  for (const name of ['a.csv', 'b.csv']) await writeFile(local(engine, `out/${name}`), name);
  await transfer({ action: 'upload', path: 'out/*.csv', target: 'in/new', after: 'remove' });
  expect(await readdir(local(engine, 'out'))).toEqual([]);
  expect(await listed('in/new/*')).toEqual([
    ['in/new/a.csv', 5],
    ['in/new/b.csv', 5],
  ]);
  const outcomes = await Promise.all(
    ['in/new/a.csv', 'in/new/c.csv'].map((path) => transfer({ action: 'exists', path })),
  );
  expect(outcomes.map((run) => Object.keys(run.task('transfer').outputs))).toEqual([['success'], ['missing']]);
  for (const _ of ['none there', 'one of that name there']) {
    await transfer({ action: 'download', path: 'in/new/a.csv', target: 'back', after: 'archive', archive: 'in/done' });
    expect(String(await readFile(local(engine, 'back/a.csv')))).toBe('a.csv');
    await transfer({ action: 'upload', path: 'back/a.csv', target: 'in/new' });
  }
  expect((await listed('in/done/*')).length).toBe(2);
  for (const folder of ['in/new', 'in/done']) await transfer({ action: 'remove', path: `${folder}/a*.csv` });
  expect([await listed('in/new/*'), await listed('in/done/*')]).toEqual([[['in/new/b.csv', 5]], []]);
}

async function extractAndLoad(engine: TestEngine, there: string): Promise<void> {
  const config = { connection: there, path: 'made/<%= activityName %>.csv.gz', gzip: true, encoding: 'windows-1252' };
  const run = await engine
    .flow(
      {
        extract: { type: 'extract-file', config: { ...config, orderBy: [{ column: 'Id', direction: 'asc' }] } },
        load: {
          type: 'load-file',
          config: { connection: there, path: '<%= vars.filename %>', encoding: 'windows-1252', columns },
        },
      },
      ['input -> extract', 'extract -> load'],
    )
    .withRows('input', columns, rows)
    .finished();
  expect(run.describe()).toMatch(/^succeeded/);
  expect((await run.rows('load.success')).map(({ Id, Name }) => [Id, Name])).toEqual(rows.toReversed());
}

async function collect(engine: TestEngine, there: string): Promise<void> {
  const config = { connection: there, path: 'in/new/*', settle: 0, after: 'archive', archive: 'in/collected' };
  const collecting = engine.flow({ collect: { type: 'file-collector', config } }, []);
  const first = await collecting.finished();
  expect((await first.rows('collect.success')).map(({ path }) => path)).toEqual(['in/collected/b.csv']);
  expect(Object.keys((await collecting.finished()).task('collect').outputs)).toEqual(['none']);
}
