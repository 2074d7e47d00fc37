import { scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import type { Stores } from '../tables/types.ts';
import { copyTable } from './copyTables.ts';

interface LocalTable {
  name: string;
  columns: Column[];
  key: string[];
  rows: number;
}

interface Way {
  /** A run that never was: it holds the rows on their way, on both sides. */
  transit: string;
  attempt: number;
}

/** Gives the number of rows. Throws when a row is missing. */
export async function copyLocalTable(
  from: Stores,
  to: Stores,
  { name, columns, key, rows }: LocalTable,
  { transit, attempt }: Way,
): Promise<number> {
  const signal = new AbortController().signal;
  await to.local.ensure(name, columns, key);
  try {
    const relation = { op: 'local', table: name, columns } as const;
    const leaving = await from.run(transit).materialise({ taskId: name, attempt }, relation, { signal });
    const arriving = await copyTable(from, to, leaving, attempt);
    const values = columns.filter((column) => !key.includes(column.name)).map((column) => ({ name: column.name }));
    const write = { table: name, operation: 'insert', source: scan(arriving), key, values } as const;
    const { inserted } = await to.local.once({ taskId: transit, attempt }, name, transit, write, signal);
    if (inserted !== rows) throw new Error(`The local table "${name}" has ${rows} rows, and ${inserted} arrived.`);
    return inserted;
  } finally {
    await from.deleteRun(transit);
    await to.deleteRun(transit);
  }
}
