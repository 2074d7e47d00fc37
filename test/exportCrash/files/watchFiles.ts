/** Looks, all the while rows are sent, whether a file stands under its name that is not whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { patience } from '../../harness/patience.ts';
import type { FileServer } from './remote.ts';

/** Milliseconds between two looks; a bucket is a server that is asked. */
const everyMs = { sftp: 3, s3: 60 };

/** Drafts and uploads that are not ended have others. */
const finalName = /^syncline_[^/]*\.csv$/;

interface Watching {
  /** Names of the new files. Throws an Error for those that are not whole, or that should not be there. */
  end(): Promise<string[]>;
}

export async function watchFiles(server: FileServer, text: string, isWhole: boolean): Promise<Watching> {
  const known = new Set((await server.files()).keys());
  const size = Buffer.byteLength(text);
  const over = new AbortController();
  let half: string | null = null;
  const look = async (): Promise<string[]> => {
    const found = [...(await server.files())].filter(([name]) => !known.has(name));
    const wrong = found.find(([name, bytes]) => finalName.test(name) && bytes !== size);
    if (wrong && isWhole) half ??= `${wrong[0]} stood there with ${wrong[1]} of ${size} bytes`;
    return found.map(([name]) => name);
  };
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look();
      await pause(server.name === 's3' ? everyMs.s3 : everyMs.sftp);
    }
  })();
  return {
    async end() {
      over.abort();
      await looking;
      if (half !== null) throw new Error(half);
      return settled(server, look, text);
    },
  };
}

async function settled(server: FileServer, look: () => Promise<string[]>, text: string): Promise<string[]> {
  const began = performance.now();
  for (;;) {
    const names = await look();
    const left = names.filter((name) => !finalName.test(name));
    if (left.length === 0) {
      for (const name of names) demandSame(name, await server.read(name), text);
      return names;
    }
    if (performance.now() - began > patience) throw new Error(`nobody clears away ${left.join(', ')}`);
    await pause(100);
  }
}

/** The heading, and then the rows: in which order they come says nothing. */
function demandSame(name: string, found: string, wanted: string): void {
  const sorted = (text: string): string[] => {
    const [heading = '', ...rows] = text.split('\r\n');
    return [heading, ...rows.sort()];
  };
  const [lines, others] = [sorted(found), sorted(wanted)];
  const at = others.findIndex((line, index) => line !== lines[index]);
  if (at >= 0 || lines.length !== others.length)
    throw new Error(
      `${name} has ${lines.length} lines: ${lines[Math.max(0, at)]} in place of ${others[Math.max(0, at)]}`,
    );
}
