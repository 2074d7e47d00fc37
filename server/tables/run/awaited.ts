/** Rows that wait until a node behind has delivered them: tables of their task that stay when it has ended, found by name. */
import type { TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import type { StoreAccess } from '../setting.ts';
import { findTables, toRef } from './catalogue.ts';

/** No node gives a table of its own such a name. */
const prefix = 'awaited:';

interface Awaited {
  /** Name of the sent state that the rows count for. */
  state: string;
  /** The node whose delivery counts; null: any. */
  by: string | null;
}

export const awaitedName = ({ state, by }: Awaited): string => `${prefix}${JSON.stringify([state, by])}`;

export const isAwaited = (name: string | null): boolean => name?.startsWith(prefix) ?? false;

/** Newest first. */
export async function findAwaited(
  db: Connection,
  { schemas }: StoreAccess,
  by: string,
): Promise<{ state: string; table: TableRef }[]> {
  const records = await findTables(db, 't.dropped = 0 AND t.name LIKE ?1', [`${prefix}%`]);
  return records.reverse().flatMap((record) => {
    const [state, only] = JSON.parse((record.name ?? '').slice(prefix.length)) as [string, string | null];
    if (record.count === null || (only !== null && only !== by)) return [];
    return [{ state, table: toRef(schemas.store, record, record.count) }];
  });
}
