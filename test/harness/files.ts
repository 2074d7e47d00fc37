/** An engine whose connection "files" leads to a folder of its own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../contract/errors.ts';
import { testEngine } from './engine.ts';

export function engineWithFiles() {
  const engine = testEngine({
    loadConnection: async (name) => {
      if (name !== 'files' && name !== 'more') throw new UserError('CONNECTION_MISSING', { name });
      return { kind: 'local-folder', settings: { folder: name } };
    },
  });
  const place = (path: string): string => join(engine.filesFolder, 'files', path);
  return {
    engine,
    place,
    async put(path: string, content: string | Uint8Array): Promise<void> {
      await mkdir(dirname(place(path)), { recursive: true });
      await writeFile(place(path), content);
    },
    read: (path: string): Promise<Buffer> => readFile(place(path)),
  };
}
