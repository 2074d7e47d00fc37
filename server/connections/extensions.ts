/** A data extension as a page shows it before anything is written to it. */
import type { DataExtension, DataExtensions } from '../../contract/dataExtension.ts';
import type { ColumnType } from '../../contract/types.ts';
import { columnTypes } from '../../contract/types.ts';

export interface ExtensionDetails extends DataExtension {
  /** Null where that is not told. */
  rows: number | null;
  /** What a new column is made as, by the type of its values. */
  created: Record<ColumnType, string>;
}

export async function describeExtension(client: DataExtensions, key: string): Promise<ExtensionDetails> {
  const extension = await client.extension(key);
  const created = Object.fromEntries(columnTypes.map((type) => [type, client.newType(type)]));
  return { ...extension, rows: await client.count(extension), created: created as Record<ColumnType, string> };
}
