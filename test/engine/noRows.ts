import type { RunTables, Stores } from '../../server/tables/types.ts';

const refuse = (): never => {
  throw new Error('This test moves no rows.');
};

const tables: RunTables = {
  materialise: refuse,
  writer: refuse,
  read: refuse,
  count: refuse,
  verify: refuse,
  page: refuse,
  export: refuse,
  follow: refuse,
  sweep: async () => undefined,
  drop: refuse,
  bytes: async () => 0,
};

/** Stores for flows without rows: whatever touches one fails. */
export const noRows: Stores = {
  run: () => tables,
  local: { tables: async () => [], table: refuse, ensure: refuse, once: refuse, page: refuse, drop: refuse },
  deleteRun: async () => undefined,
  freeBytes: async () => Number.MAX_SAFE_INTEGER,
  close: async () => undefined,
};
