/** Tables in a database of somebody else. Where each stands is a row of `syncline_replicas`, moved with the rows. */
import type { DatabaseClient } from '../../contract/connector.ts';
import type { DatabaseTable, DatabaseWrite } from '../../contract/database.ts';
import type { Cell } from '../../contract/types.ts';
import type { ReplicaState } from './state.ts';
import type { ReplicaBatch, Target } from './target.ts';

const positions: DatabaseTable = {
  name: 'syncline_replicas',
  key: 'table_name',
  columns: [
    { name: 'table_name', type: 'text' },
    { name: 'revision', type: 'integer' },
    { name: 'state', type: 'text' },
  ],
};

export async function databaseTarget(client: DatabaseClient, label: string): Promise<Target> {
  await client.ensureTable(positions);
  const tables = new Set((await client.tables()).map((name) => name.toLowerCase()));
  return {
    label,
    async state(table) {
      const [row] = await client.rows(positions, [table]);
      return row ? (JSON.parse(String(row[2])) as ReplicaState) : null;
    },
    exists: async (table) => tables.has(table.toLowerCase()),
    async ensure(table) {
      await client.ensureTable(table);
      tables.add(table.name.toLowerCase());
    },
    rows: (table, ids) => client.rows(table, ids),
    pages: (table) => client.pages(table),
    commit: (batch) => client.write([...writesOf(batch), moveOf(batch)]),
  };
}

function* writesOf({ table, rows, gone, changes }: ReplicaBatch): Generator<DatabaseWrite> {
  if (rows.length > 0) yield { operation: 'upsert', table, rows };
  if (gone.length > 0) yield { operation: 'delete', table, keys: gone };
  if (changes && changes.rows.length > 0) yield { operation: 'upsert', table: changes.table, rows: changes.rows };
}

function moveOf({ table, state }: ReplicaBatch): DatabaseWrite {
  const row: Cell[] = [table.name, state.revision, JSON.stringify(state)];
  const expected = state.revision === 1 ? null : state.revision - 1;
  return { operation: 'move', table: positions, row, column: 'revision', expected };
}
