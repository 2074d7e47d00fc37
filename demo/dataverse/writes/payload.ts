import type { Call } from '../call.ts';
import { badRequest, notThere, type ODataError, wrongPayload } from '../errors.ts';
import { isLookup } from '../odata/properties.ts';
import { demandRow, readKey } from '../rest/find.ts';
import { readGuid } from '../store/guid.ts';
import type { Table } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import { coerce } from './coerce.ts';

/** What a body says of a row. */
export interface Payload {
  values: Record<string, Value>;
  /** The id in the body; null: none. */
  id: string | null;
  /** `@odata.id`: the address of the row it is about; null: none. */
  address: string | null;
}

/** Reads a body by the columns of a table. Throws for what the table does not have or take. */
export function readPayload(call: Call, table: Table, body: Record<string, unknown>): Payload {
  const payload: Payload = { values: {}, id: null, address: null };
  for (const [name, value] of Object.entries(body)) readMember(call, table, name, value, payload);
  return payload;
}

function readMember(call: Call, table: Table, name: string, value: unknown, payload: Payload): void {
  const { definition } = table;
  if (name === '@odata.id') payload.address = String(value);
  else if (name.endsWith('@odata.bind')) bind(call, table, name.slice(0, -'@odata.bind'.length), value, payload);
  else if (name.includes('@')) return;
  else if (name === definition.primaryId) payload.id = idOf(definition.setName, value);
  else {
    const column = table.columns.get(name);
    if (column === undefined || isLookup(column)) throw unknownProperty(table, name, column);
    if (column.create || column.update) payload.values[name] = coerce(definition.setName, column, value);
  }
}

function unknownProperty({ definition, name: table }: Table, name: string, column: Column | undefined): ODataError {
  if (column !== undefined || /^_\w+_value$/.test(name))
    return badRequest(
      '0x80048d19',
      `CRM do not support direct update of Entity Reference properties, Use Navigation properties instead. (${name})`,
    );
  return wrongPayload(
    definition.setName,
    `The property '${name}' does not exist on type 'Microsoft.Dynamics.CRM.${table}'. Make sure to only use property names that are defined by the type.`,
  );
}

function idOf(setName: string, value: unknown): string {
  const id = readGuid(String(value));
  if (id === null)
    throw wrongPayload(setName, `Cannot convert the literal '${String(value)}' to the expected type 'Edm.Guid'.`);
  return id;
}

/** A lookup by the address of a row: by its id, or by an alternate key. */
function bind(call: Call, table: Table, name: string, value: unknown, { values }: Payload): void {
  const ways = [...table.navigations.values()].filter((one) => one.name === name);
  const [way] = ways;
  if (way === undefined)
    throw wrongPayload(
      table.definition.setName,
      `An undeclared property '${name}' which only has property annotations in the payload but no property value was found in the payload. In OData, only declared navigation properties and declared named streams can be represented as properties without values.`,
    );
  const { column } = way;
  if (value === null) {
    values[column.name] = null;
    if ((column.targets ?? []).length > 1) values[`${column.name}type`] = null;
    return;
  }
  const found = resolveAddress(call, String(value));
  const isTarget =
    way.target === 'owner' ? column.targets?.includes(found.table.name) : way.target === found.table.name;
  if (!isTarget)
    throw badRequest(
      '0x80048d19',
      `A node of type '${found.table.name}' was read from the JSON reader for '${name}', which takes '${way.target}'.`,
    );
  values[column.name] = found.id;
  if ((column.targets ?? []).length > 1) values[`${column.name}type`] = found.table.name;
}

/** The row an address names, relative or whole, or `$1` within a change set. */
export function resolveAddress(call: Call, address: string): { table: Table; id: string } {
  const made = /^\/?\$(\w+)$/.exec(address);
  const text = made ? reference(call, made[1] ?? '') : address;
  const path = text
    .replace(/^https?:\/\/[^/]+/, '')
    .replace(/^\/?api\/data\/v9\.\d+/, '')
    .replace(/^\//, '');
  const [, setName = '', key = ''] = /^(\w+)\(([\s\S]*)\)$/.exec(decodeURIComponent(path)) ?? [];
  const table = call.org.tableOfSet(setName);
  if (table === undefined) throw badRequest('0x80060888', `Resource not found for the segment '${path}'.`);
  const named = readKey(table, key);
  if (named.kind === 'id' && named.row === undefined) throw notThere(table.name, named.id);
  return { table, id: demandRow(table, named).id };
}

export function reference({ references }: Call, id: string): string {
  const found = references?.get(id);
  if (found === undefined) throw badRequest('', `Content-ID Reference: '$${id}' does not exist in the batch context.`);
  return found;
}
