/** The rows that are sent as the bytes of the file that is imported, made while it is written. */
import { setImmediate } from 'node:timers/promises';
import type { DataExtensionsClient } from '../../contract/connector.ts';
import type { Cell } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { DataExtensionConfig } from './config.ts';
import { type Due, sendings } from './due.ts';
import { filledBy, type Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

export async function* fileContent(
  context: Context,
  client: DataExtensionsClient,
  target: Target,
  due: Due,
): AsyncGenerator<Uint8Array> {
  const { table, columns } = due;
  const toLine = lineWriter(client, target, due);
  const names = filledBy(target).map(({ column }) => quoted(column.name));
  yield Buffer.from(`${names.join(',')}\r\n`);
  let done = 0;
  for await (const { rows } of context.read(table, { columns })) {
    context.signal.throwIfAborted();
    let text = '';
    for (const cells of rows) text += toLine(cells);
    yield Buffer.from(text);
    done += rows.length;
    context.progress(done, table.count, 'rows');
    await setImmediate();
  }
}

function lineWriter(client: DataExtensionsClient, target: Target, due: Due): (cells: Cell[]) => string {
  const send = sendings(due, target);
  const fields = filledBy(target).map(({ column }, index) => {
    return (cell: Cell): string => quoted(client.fileText(column, send[index]?.(cell) ?? null));
  });
  return (cells) => {
    let line = '';
    for (let index = 0; index < fields.length; index += 1)
      line += `${index === 0 ? '' : ','}${fields[index]?.(cells[index] ?? null)}`;
    return `${line}\r\n`;
  };
}

/** A cell that is empty has no quotes. */
const quoted = (text: string): string => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`);
