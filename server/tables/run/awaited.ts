/** Rows that wait until a node behind has delivered them: tables of their task that stay when it has ended, found by name. */
import type { Connection } from '../connection.ts';
import type { StoreAccess } from '../setting.ts';
import type { AwaitedRows, AwaitedTable } from '../types.ts';
import { findTables, toRef } from './catalogue.ts';

/** No node gives a table of its own such a name. */
const prefix = 'awaited:';
/** A loop makes one with each pass: rows of passes longer ago than this are not waited for any more, and so stay due. */
const mostTables = 50;

export const awaitedName = ({ state, by }: AwaitedRows): string => `${prefix}${JSON.stringify([state, by])}`;

export const isAwaited = (name: string | null): boolean => name?.startsWith(prefix) ?? false;

export async function findAwaited(db: Connection, { schemas }: StoreAccess): Promise<AwaitedTable[]> {
  const records = await findTables(db, 't.dropped = 0 AND t.name LIKE ?1', [`${prefix}%`]);
  const finished = records.flatMap(({ name, count, ...record }): AwaitedTable[] => {
    if (name === null || count === null) return [];
    const [state, by] = JSON.parse(name.slice(prefix.length)) as [string, string | null];
    return [{ name, state, by, table: toRef(schemas.store, { name, count, ...record }, count) }];
  });
  return finished.slice(-mostTables).reverse();
}
