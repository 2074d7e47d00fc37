import { type Call, readJson, serviceRoot } from '../call.ts';
import { noSegment, ODataError } from '../errors.ts';
import { referring } from '../odata/evaluate.ts';
import { cellOf, follow, isLookup, propertyOf } from '../odata/properties.ts';
import { noContent, odata, type Reply } from '../reply.ts';
import type { Row, Table } from '../store/table.ts';
import type { Navigation } from '../tables/table.ts';
import { readPayload, resolveAddress } from '../writes/payload.ts';
import { optionsOf, updateRow } from '../writes/writer.ts';
import type { Segment } from './address.ts';
import { demandRow, readKey } from './find.ts';
import { listRows } from './list.ts';
import { readRecord } from './records.ts';

/** What lies behind a row: `accounts(…)/name`, `/primarycontactid`, `/primarycontactid/$ref`, `/contact_customer_accounts`. */
export function answerProperty(call: Call, table: Table, key: string, rest: readonly Segment[]): Reply {
  const row = demandRow(table, readKey(table, key));
  const [first = { name: '', key: null }, ...more] = rest;
  const { name } = first;
  const way = table.navigations.get(name);
  if (way !== undefined) return answerNavigation(call, table, row, way, more);
  if (more.length === 0 && table.columns.has(name.replace(/^_(\w+)_value$/, '$1')))
    return answerColumn(call, table, row, name);
  return answerCollection(call, table, row, first, more);
}

function answerColumn(call: Call, table: Table, row: Row, name: string): Reply {
  const column = propertyOf(table, name);
  if (call.method === 'GET') {
    const value = cellOf(row, column);
    const context = `${serviceRoot(call)}$metadata#${table.definition.setName}(${row.id})/${name}`;
    return value === null ? noContent() : odata({ '@odata.context': context, value });
  }
  if (isLookup(column)) throw notAllowed(call);
  const body = call.method === 'DELETE' ? { [name]: null } : { [name]: readJson(call).value };
  if (!['PUT', 'DELETE'].includes(call.method)) throw notAllowed(call);
  const { values } = readPayload(call, table, body);
  call.org.atomically(() => updateRow(call.org, table, row, values, optionsOf(call)));
  return noContent();
}

function answerNavigation(call: Call, table: Table, row: Row, way: Navigation, more: readonly Segment[]): Reply {
  if (more[0]?.name === '$ref') return answerReference(call, table, row, way);
  const found = follow(call.org, row, way);
  if (more.length > 0) throw noSegment(more[0]?.name ?? '');
  if (call.method !== 'GET') throw notAllowed(call);
  return found === null ? noContent() : readRecord(call, found.table, found.row.id);
}

function answerReference(call: Call, table: Table, row: Row, way: Navigation): Reply {
  const found = follow(call.org, row, way);
  const root = serviceRoot(call);
  if (call.method === 'GET') {
    if (found === null) return noContent();
    const id = `${root}${found.table.definition.setName}(${found.row.id})`;
    return odata({ '@odata.context': `${root}$metadata#$ref`, '@odata.id': id });
  }
  if (call.method !== 'PUT' && call.method !== 'DELETE') throw notAllowed(call);
  const address = call.method === 'DELETE' ? null : String(readJson(call)['@odata.id'] ?? '');
  const { values } = readPayload(call, table, { [`${way.name}@odata.bind`]: address });
  call.org.atomically(() => updateRow(call.org, table, row, values, optionsOf(call)));
  return noContent();
}

/** Rows of another table that refer to this one. */
function answerCollection(call: Call, table: Table, row: Row, { name, key }: Segment, more: readonly Segment[]): Reply {
  const { table: other, column } = referring(call.org, table, name);
  const type = `${column.name}type`;
  const isShared = (column.targets ?? []).length > 1;
  const change = (related: Row | undefined, id: string | null): Reply => {
    if (related === undefined) throw noSegment(name);
    const values = { [column.name]: id, ...(isShared ? { [type]: id === null ? null : table.name } : {}) };
    call.org.atomically(() => updateRow(call.org, other, related, values, optionsOf(call)));
    return noContent();
  };
  if (more[0]?.name === '$ref' && call.method === 'POST' && key === null) {
    const { table: found, id } = resolveAddress(call, String(readJson(call)['@odata.id'] ?? ''));
    return change(found === other ? found.rows.get(id) : undefined, row.id);
  }
  if (more[0]?.name === '$ref' && call.method === 'DELETE' && key !== null)
    return change(demandRow(other, readKey(other, key)), null);
  if (call.method !== 'GET') throw notAllowed(call);
  const path = `${table.definition.setName}(${row.id})/${name}`;
  return listRows(
    call,
    other,
    path,
    ({ values }) => values[column.name] === row.id && (values[type] ?? table.name) === table.name,
  );
}

export const notAllowed = ({ method }: Call): ODataError =>
  new ODataError(405, '0x80060888', `The requested resource does not support http method '${method}'.`);
