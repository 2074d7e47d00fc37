import { notFound } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { Field } from '../objects/field.ts';
import type { Table } from '../store/table.ts';

/** A field by which records can be addressed. Throws NOT_FOUND for others. */
export function keyField(table: Table, name: string): Field {
  const field = table.field(name);
  if (field?.externalId || field?.idLookup) return field;
  throw notFound(`Provided external ID field does not exist or is not accessible: ${name}`);
}

/** The live records that hold a key value; none for an empty one. */
export async function rowsOfKey(table: Table, field: Field, value: string): Promise<number[]> {
  const text = value.trim();
  if (text === '') return [];
  if (field.name === 'Id') return rowOfIdText(table, text);
  const index = table.index(field);
  if (index === undefined) return scan(table, field, text);
  await index.ready();
  return index.find(text).filter((row) => table.isVisible(row, false));
}

function rowOfIdText(table: Table, text: string): number[] {
  const id = normaliseId(text);
  const row = id === null ? -1 : table.rowOf(id);
  return row >= 0 && table.isVisible(row, false) ? [row] : [];
}

/** Only objects with few records have keys without an index. */
function scan(table: Table, field: Field, text: string): number[] {
  const read = table.reader(field);
  const rows = [...table.gatherById(0, table.rows, false, Infinity)];
  return rows.filter((row) => String(read(row)).toLowerCase() === text.toLowerCase());
}
