/** The data plane as a node sees it. Every call is made in the name of the attempt and ends with its signal. */
import type { Column } from '../../contract/types.ts';
import type { NodeContext, TableWriter } from '../../nodes/kit/run.ts';
import type { TableOwner } from '../tables/types.ts';
import type { Attempt } from './attempt.ts';
import { requireAttempt } from './close.ts';
import { saveCsv } from './files.ts';

type TablePart = Pick<
  NodeContext,
  'table' | 'writer' | 'read' | 'count' | 'saveFile' | 'localTable' | 'queryLocal' | 'ensureLocalTable' | 'once'
>;

/** The columns of the tables this attempt writes: scripts emit records by their names. */
export type WriterColumns = WeakMap<TableWriter, readonly Column[]>;

const nothingWritten = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };

export function tableContext(attempt: Attempt, columnsOf: WriterColumns): TablePart {
  const { host, task, signal } = attempt;
  const tables = host.stores.run(task.run_id);
  const owner: TableOwner = { taskId: task.id, attempt: task.attempt };
  // What a node notes for later runs, a node that only reads among them, is left out of a simulation.
  const simulated = Boolean(attempt.run.simulated);
  const say = (what: string, result: string): string => {
    attempt.report.log('info', `Simulation: ${what}.`);
    return result;
  };
  return {
    async table(relation, options) {
      signal.throwIfAborted();
      return tables.materialise(owner, relation, { ...options, signal });
    },
    async writer({ columns, name, resume = false }) {
      signal.throwIfAborted();
      const writer = await tables.writer(owner, { columns, name, resume, signal });
      columnsOf.set(writer, columns);
      return writer;
    },
    read(table, options) {
      signal.throwIfAborted();
      return tables.read(table, { ...options, signal });
    },
    async count(relation) {
      signal.throwIfAborted();
      return tables.count(relation, signal);
    },
    async saveFile(name, table) {
      signal.throwIfAborted();
      if (simulated) return say(`the file ${name} would be written with ${table.count} rows`, name);
      const mayAppear = (): Promise<void> => requireAttempt(host.db, task);
      await mayAppear();
      return saveCsv(
        { folder: host.filesFolder, name, task, mayAppear },
        table.columns,
        tables.read(table, { signal }),
      );
    },
    async localTable(name) {
      signal.throwIfAborted();
      return host.stores.local.table(name);
    },
    async queryLocal(query, read) {
      signal.throwIfAborted();
      return host.stores.local.select(query, read, signal);
    },
    async ensureLocalTable(name, columns, key) {
      signal.throwIfAborted();
      if (simulated) return;
      await host.stores.local.ensure(name, columns, key);
    },
    async once(step, write) {
      signal.throwIfAborted();
      if (simulated) return nothingWritten;
      await requireAttempt(host.db, task);
      return host.stores.local.once(owner, step, task.run_id, write, signal);
    },
  };
}
