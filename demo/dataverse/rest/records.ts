import { type Call, readJson, serviceRoot } from '../call.ts';
import { ODataError } from '../errors.ts';
import { etagOf, project } from '../odata/project.ts';
import { describeShape, readShape } from '../odata/shape.ts';
import { preferenceHeader } from '../preferences.ts';
import { noContent, odata, type Reply } from '../reply.ts';
import type { Row, Table } from '../store/table.ts';
import { readPayload } from '../writes/payload.ts';
import { createRow, deleteRow, optionsOf, updateRow } from '../writes/writer.ts';
import { absent, demandRow, type Named, readKey } from './find.ts';

/** `GET accounts(…)`. */
export function readRecord(call: Call, table: Table, key: string): Reply {
  const row = demandRow(table, readKey(table, key));
  const isPlain = !call.query.has('$expand') && call.prefer.annotations === null;
  if (isPlain && call.headers['if-none-match'] === etagOf(row))
    return { status: 304, contentType: '', body: '', headers: { 'OData-Version': '4.0' } };
  return odata(bodyOf(call, table, row), 200, { ETag: etagOf(row), ...preferenceHeader(call.prefer) });
}

function bodyOf(call: Call, table: Table, row: Row): Record<string, unknown> {
  const shape = readShape(call.org, table, call.query);
  const names = describeShape(shape);
  const context = `${serviceRoot(call)}$metadata#${table.definition.setName}${names === '' ? '' : `(${names})`}/$entity`;
  return { '@odata.context': context, ...project(call, table, row, shape) };
}

/** `POST accounts`. */
export function createRecord(call: Call, table: Table): Reply {
  const { values, id } = readPayload(call, table, readJson(call));
  const row = call.org.atomically(() => createRow(call.org, table, values, id, optionsOf(call)));
  return written(call, table, row, 201, row.id);
}

/** `PATCH accounts(…)`: updates, or makes a row where the headers do not forbid it. */
export function upsertRecord(call: Call, table: Table, key: string): Reply {
  const named = readKey(table, key);
  const payload = readPayload(call, table, readJson(call));
  checkMatch(call, table, named);
  const { org } = call;
  if (named.row !== undefined) {
    const { row } = named;
    const changed = org.atomically(() => updateRow(org, table, row, payload.values, optionsOf(call)));
    return written(call, table, changed, 200, addressOf(named, changed));
  }
  // The values of the body win over those of the address.
  const values = named.kind === 'key' ? { ...named.values, ...payload.values } : payload.values;
  const id = named.kind === 'id' ? named.id : payload.id;
  const made = org.atomically(() => createRow(org, table, values, id, optionsOf(call)));
  return written(call, table, made, 201, addressOf(named, made));
}

/** What stands in the brackets of the address that an answer gives: as the request named the row. */
const addressOf = (named: Named, row: Row): string => (named.kind === 'key' ? named.text : row.id);

/** Without a body unless one is asked for. */
function written(call: Call, table: Table, row: Row, status: 200 | 201, key: string): Reply {
  const address = `${serviceRoot(call)}${table.definition.setName}(${key})`;
  if (call.prefer.returnsRepresentation)
    return odata(bodyOf(call, table, row), status, {
      ETag: etagOf(row),
      ...(status === 201 ? { Location: address } : {}),
      ...preferenceHeader(call.prefer),
    });
  return noContent({ 'OData-EntityId': address, ...(call.method === 'POST' ? { Location: address } : {}) });
}

/** `If-Match` and `If-None-Match`. */
function checkMatch({ headers }: Call, table: Table, named: Named): void {
  const match = headers['if-match'];
  if (match !== undefined && named.row === undefined) throw absent(table, named);
  if (match !== undefined && match !== '*' && named.row !== undefined && match !== etagOf(named.row))
    throw new ODataError(
      412,
      '0x80060882',
      "The version of the existing record doesn't match the RowVersion property provided.",
    );
  if (headers['if-none-match'] === '*' && named.row !== undefined)
    throw new ODataError(412, '0x80040237', 'A record with matching key values already exists.');
}

/** `DELETE accounts(…)`. */
export function deleteRecord(call: Call, table: Table, key: string): Reply {
  const named = readKey(table, key);
  checkMatch(call, table, named);
  const row = demandRow(table, named);
  call.org.atomically(() => deleteRow(call.org, table, row));
  return noContent();
}
