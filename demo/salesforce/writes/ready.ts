import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import { type Body, referenceNamed } from './values.ts';

/** Makes the indexes that writing these records will ask: those of unique fields, and of parents named by a key. */
export async function readyToWrite(org: Org, table: Table, bodies: readonly Body[]): Promise<void> {
  for (const field of table.definition.fields) if (field.unique) await table.index(field)?.ready();
  for (const body of bodies) {
    for (const [key, value] of Object.entries(body)) {
      if (typeof value !== 'object' || value === null || key === 'attributes') continue;
      await readyParent(org, table, key, value);
    }
  }
}

async function readyParent(org: Org, table: Table, key: string, value: object): Promise<void> {
  const reference = referenceNamed(table, key);
  const parent = reference && org.table(reference.referenceTo!);
  if (parent === undefined) return;
  for (const name of Object.keys(value)) {
    const field = parent.field(name);
    if (field !== undefined) await parent.index(field)?.ready();
  }
}

/** Makes the indexes of all references, as deleting a record looks for its children. */
export async function readyToDelete(org: Org): Promise<void> {
  for (const table of org.tables) {
    for (const field of table.definition.fields) if (field.referenceTo !== null) await table.index(field)?.ready();
  }
}
