import { badRequest, notThere, ODataError } from '../errors.ts';
import { type Literal, tokenise } from '../odata/lexer.ts';
import { isLookup } from '../odata/properties.ts';
import { readGuid } from '../store/guid.ts';
import type { Row, Table } from '../store/table.ts';
import type { Column, Value } from '../tables/column.ts';
import type { AlternateKey } from '../tables/table.ts';
import { readKeyText } from './address.ts';

/** What a key in an address names: an id, or values of an alternate key. */
export type Named =
  | { kind: 'id'; id: string; row: Row | undefined }
  | { kind: 'key'; key: AlternateKey; values: Record<string, Value>; row: Row | undefined; text: string };

/** Reads the key of an address. Throws when it is none of the table's. */
export function readKey(table: Table, text: string): Named {
  const parts = readKeyText(text);
  const { primaryId } = table.definition;
  const plain = parts.get('') ?? (parts.size === 1 ? parts.get(primaryId) : undefined);
  if (plain !== undefined) {
    const id = readGuid(plain.replaceAll("'", ''));
    if (id === null) throw wrongKey(table);
    return { kind: 'id', id, row: table.rows.get(id) };
  }
  const values = Object.fromEntries([...parts].map(([name, value]) => keyValue(table, name, value)));
  const key = table.definition.keys.find(
    ({ columns, status }) =>
      status === 'Active' && columns.length === parts.size && columns.every((name) => name in values),
  );
  if (key === undefined) throw wrongKey(table);
  return { kind: 'key', key, values, row: table.findByKey(key, values), text };
}

function keyValue(table: Table, name: string, text: string): [string, Value] {
  const column = table.columns.get(/^_(\w+)_value$/.exec(name)?.[1] ?? name);
  const [token] = tokenise(text);
  if (column === undefined || token?.kind !== 'literal') throw wrongKey(table);
  return [column.name, valueFor(column, token.literal, table)];
}

function valueFor(column: Column, literal: Literal, table: Table): Value {
  const { value } = literal;
  if (isLookup(column)) {
    const id = readGuid(String(value));
    if (id === null) throw wrongKey(table);
    return id;
  }
  if (Array.isArray(value)) throw wrongKey(table);
  return value;
}

const wrongKey = ({ name }: Table): ODataError =>
  badRequest(
    '0x80060888',
    `The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.${name}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource 'Microsoft.Dynamics.CRM.${name}'.`,
  );

/** The row, or what Dataverse says of one that is not there. */
export function demandRow(table: Table, named: Named): Row {
  if (named.row !== undefined) return named.row;
  throw absent(table, named);
}

export function absent({ name }: Table, named: Named): ODataError {
  if (named.kind === 'id') return notThere(name, named.id);
  return new ODataError(404, '0x80060891', `A record with the specified key values does not exist in ${name} entity`);
}
