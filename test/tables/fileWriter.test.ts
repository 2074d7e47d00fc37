/** Files that attempts of one task write, one of which slept while the other took over. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { open } from '../../connectors/local-folder/client.ts';
import type { FilesClient } from '../../contract/connector.ts';
import { fileWriter } from '../../nodes/kit/fileAccess.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { FencedError } from '../../server/tables/types.ts';
import { bytes } from '../harness/fileContent.ts';
import { never, onEachDatabase, owner } from './stores.ts';

onEachDatabase((test) => {
  let folder: string;
  let client: FilesClient;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'syncline-writer-'));
    client = await open({
      settings: { folder: '' },
      connectionName: 'here',
      clock: { now: () => new Date() },
      log: () => undefined,
      signal: never,
      folder,
    });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const attempt = (number: number): Pick<NodeContext, 'task' | 'writer'> => ({
    task: { id: 'a', attempt: number, pass: 1 },
    writer: ({ resume = false, ...options }) =>
      test.run.writer(owner('a', number), { ...options, resume, signal: never }),
  });

  it('an attempt that slept lets no file appear any more, under its own name either', async () => {
    const [first, second] = [fileWriter(attempt(1)), fileWriter(attempt(2))];
    async function* slept(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('older');
      await second(client, 'a.csv', bytes('newer'), { draft: true });
    }
    await expect(first(client, 'a.csv', slept(), { draft: true })).rejects.toBeInstanceOf(FencedError);
    await expect(first(client, 'b.csv', bytes('older'), { draft: false })).rejects.toBeInstanceOf(FencedError);
    expect(await readdir(folder)).toEqual(['a.csv']);
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('newer');
  });
});
