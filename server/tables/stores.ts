/** The stores of an instance: files in its data folder, or schemas in a PostgreSQL database. */
import { PostgresStores } from './postgres/stores.ts';
import { FolderStores } from './sqlite/stores.ts';
import type { Stores } from './types.ts';

export type OpenStoresOptions = ({ folder: string } | { url: string; prefix?: string }) & {
  /** `read`: stores of runs are opened read-only and never made; local data can be changed all the same. */
  mode: 'write' | 'read';
  /** Noted in the stores it makes. */
  ownerName?: string;
};

/** Reaches for nothing yet. In a data folder there is one process with `mode: 'write'`, on PostgreSQL there may be many. */
export function openStores({ ownerName = 'syncline', ...options }: OpenStoresOptions): Stores {
  if ('url' in options) return new PostgresStores({ ...options, ownerName });
  return new FolderStores({ ...options, ownerName });
}
