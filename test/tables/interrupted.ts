/** Work over the stores that a test does in a process of its own, to kill it: what is left must be taken up again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { LocalWrite, LocalWriteResult, TableRef } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { Stores } from '../../server/tables/types.ts';
import type { TestStores } from './stores.ts';
import { columnsOf, never, owner } from './stores.ts';

type Place = TestStores['place'];

export const pages = 60;
export const rowsPerPage = 200;
export const pageOf = (page: number): Cell[][] =>
  Array.from({ length: rowsPerPage }, (_, row) => [page * rowsPerPage + row, `mail${row}@example.com`]);

function openedAt(place: Place): Pick<Stores, 'run' | 'local'> & AsyncDisposable {
  const stores = openStores({ ...place, mode: 'write' });
  return { run: (id) => stores.run(id), local: stores.local, [Symbol.asyncDispose]: () => stores.close() };
}

/** Reads pages and writes them, each with its position; says which it has written. */
export async function writePages(place: Place, attempt: number, say: (page: number) => void): Promise<TableRef> {
  await using stores = openedAt(place);
  const columns = columnsOf({ n: 'integer', mail: 'text' }).map((column) => ({ ...column, identifying: true }));
  const options = { columns, name: 'pages', resume: true, signal: never };
  const writer = await stores.run('run').writer(owner('import', attempt), options);
  for (let page = Number(writer.position ?? 0); page < pages; page += 1) {
    await writer.append(pageOf(page), { position: page + 1 });
    say(page);
  }
  return await writer.finish();
}

/** Inserts the pages of a work table into local data, each once; says which it has inserted. */
export async function insertPages(
  place: Place,
  table: TableRef,
  say: (page: number) => void,
): Promise<LocalWriteResult[]> {
  await using stores = openedAt(place);
  const results: LocalWriteResult[] = [];
  for (let page = 0; page < pages; page += 1) {
    const source = { op: 'scan', table, from: page * rowsPerPage, to: (page + 1) * rowsPerPage } as const;
    const write: LocalWrite = { table: 'mails', operation: 'insert', key: ['n'], values: [{ name: 'mail' }], source };
    results.push(await stores.local.once({ taskId: 'task', attempt: 1 }, `page ${page}`, 'run', write, never));
    say(page);
  }
  return results;
}

/**
 * Calls one of the functions above with a process of its own, and kills that when it has said so many pages. Four pages
 * later it waits for that: on a machine where the kill comes late it would be done before.
 */
export async function killAfter(said: number, call: 'writePages' | 'insertPages', args: unknown[]): Promise<void> {
  const program = `import { ${call} } from ${JSON.stringify(import.meta.url)};
    let left = ${said + 4};
    const waitForEver = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    await ${call}(...${JSON.stringify(args)}, (page) => {
      console.log(page);
      if (--left === 0) waitForEver();
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let lines = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    lines += 1;
    if (lines === said) child.kill('SIGKILL');
  }
  await ended;
}
