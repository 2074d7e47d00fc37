/** The tables of the ports while they are written: an attempt that follows goes on with them. */
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';
import { driftColumns, objectColumns, rejectedColumns } from './outputs.ts';

export interface ResultTables {
  /** One row for each object that is through, in the order in which they were. */
  objects: TableWriter;
  rejects: OnceWriter;
  drift: OnceWriter;
}

export async function openResults(context: Pick<NodeContext<never>, 'writer'>): Promise<ResultTables> {
  const open = (name: string, columns: Column[]): Promise<TableWriter> =>
    context.writer({ name, columns, resume: true });
  return {
    objects: await open('objects', objectColumns),
    rejects: new OnceWriter(await open('rejects', rejectedColumns)),
    drift: new OnceWriter(await open('drift', driftColumns)),
  };
}

/** Names of the objects that are through. */
export function finishedObjects({ objects }: ResultTables): string[] {
  return Array.isArray(objects.position) ? objects.position.map(String) : [];
}

/** Leaves out what it has appended last under the same name: the step is done again when an attempt died behind it. */
export class OnceWriter {
  readonly #writer: TableWriter;

  constructor(writer: TableWriter) {
    this.#writer = writer;
  }

  async append(name: string, rows: Cell[][]): Promise<void> {
    if (rows.length === 0 || this.#writer.position === name) return;
    await this.#writer.append(rows, { position: name });
  }

  finish(): Promise<TableRef> {
    return this.#writer.finish();
  }
}
