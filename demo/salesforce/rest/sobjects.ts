import { type Call, dataPath, readJson, versionOf } from '../call.ts';
import { ApiError, notFound, RecordError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { Field } from '../objects/field.ts';
import { json, jsonText, noContent, type Reply } from '../reply.ts';
import { projectFields } from '../soql/project.ts';
import type { Table } from '../store/table.ts';
import { readyToDelete, readyToWrite } from '../writes/ready.ts';
import { fixedKey } from '../writes/values.ts';
import { Writer } from '../writes/writer.ts';
import { keyField, rowsOfKey } from './keys.ts';
import { tableOf } from './resources.ts';

/** `created` is part of the answer to an upsert since this version; before it, updates answered without a body. */
const CREATED_SINCE = 46;

/** POST /sobjects/X */
export async function createRecord(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'createable');
  const body = readJson(call);
  await readyToWrite(call.org, table, [body]);
  return created(call, table, writerFor(call).create(table, body), {});
}

/** GET /sobjects/X/{id} */
export function readRecord(call: Call): Reply {
  const table = tableOf(call);
  const row = visibleRow(table, call.params.id ?? '');
  if (row < 0) throw notFound();
  return recordReply(call, table, row);
}

/** PATCH /sobjects/X/{id} */
export async function updateRecord(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'updateable');
  const row = rowForWrite(table, call.params.id ?? '');
  if (row < 0) throw notFound();
  const body = readJson(call);
  await readyToWrite(call.org, table, [body]);
  writerFor(call).update(table, row, body);
  return noContent();
}

/** DELETE /sobjects/X/{id} */
export async function deleteRecord(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'deletable');
  const row = rowForWrite(table, call.params.id ?? '');
  if (row < 0) throw RecordError.of('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  await readyToDelete(call.org);
  writerFor(call).remove(table, row);
  return noContent();
}

/** GET /sobjects/X/{field}/{value} */
export async function readByKey(call: Call): Promise<Reply> {
  const table = tableOf(call);
  const rows = await rowsOfKey(table, keyField(table, call.params.field ?? ''), call.params.value ?? '');
  if (rows.length === 0) throw notFound();
  return rows.length > 1 ? severalRecords(call, table, rows) : recordReply(call, table, rows[0]!);
}

/** PATCH /sobjects/X/{field}/{value} */
export async function upsertByKey(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'updateable');
  const field = keyField(table, call.params.field ?? '');
  const value = call.params.value ?? '';
  const body = readJson(call);
  if (Object.keys(body).some((key) => key.toLowerCase() === field.name.toLowerCase())) throw fixedKey(field.name);
  await readyToWrite(call.org, table, [body]);
  const rows = await rowsOfKey(table, field, value);
  if (rows.length > 1) return severalRecords(call, table, rows);
  const [row] = rows;
  if (row !== undefined) return upsertedRow(call, table, row, body);
  if (field.name === 'Id' || call.query.get('updateOnly') === 'true') throw notFound();
  const made = writerFor(call).create(table, { ...body, [field.name]: value });
  return created(call, table, made, versionOf(call) < CREATED_SINCE ? {} : { created: true });
}

/** DELETE /sobjects/X/{field}/{value} */
export async function deleteByKey(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'deletable');
  const rows = await rowsOfKey(table, keyField(table, call.params.field ?? ''), call.params.value ?? '');
  if (rows.length > 1) return severalRecords(call, table, rows);
  if (rows.length === 0) throw notFound();
  await readyToDelete(call.org);
  writerFor(call).remove(table, rows[0]!);
  return noContent();
}

function upsertedRow(call: Call, table: Table, row: number, body: Record<string, unknown>): Reply {
  writerFor(call).update(table, row, body);
  if (versionOf(call) < CREATED_SINCE) return noContent();
  return json({ id: table.idOf(row), success: true, errors: [], created: false });
}

function created(call: Call, table: Table, row: number, more: Record<string, unknown>): Reply {
  const id = table.idOf(row);
  const headers = { Location: `${dataPath(call)}/sobjects/${table.name}/${id}` };
  return json({ id, success: true, errors: [], ...more }, 201, headers);
}

/** 300: the key fits more than one record, and nothing is written. */
function severalRecords(call: Call, table: Table, rows: number[]): Reply {
  return json(
    rows.map((row) => `${dataPath(call)}/sobjects/${table.name}/${table.idOf(row)}`),
    300,
  );
}

function recordReply(call: Call, table: Table, row: number): Reply {
  const asked = call.query.get('fields');
  const fields = asked === null ? table.definition.fields : asked.split(',').map((name) => fieldOf(table, name.trim()));
  return jsonText(projectFields(call.org, table, fields, dataPath(call))(row));
}

/** The field of a name. Throws INVALID_FIELD. */
export function fieldOf(table: Table, name: string): Field {
  const field = table.field(name);
  if (field === undefined)
    throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${table.name}`);
  return field;
}

export function writeable(table: Table, right: 'createable' | 'updateable' | 'deletable'): Table {
  if (table.definition[right]) return table;
  throw new ApiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type ${table.name} is not ${right}`);
}

export function writerFor(call: Call): Writer {
  return new Writer(call.org, call.userId, { lockedRecord: call.effects.lockedRecord });
}

function visibleRow(table: Table, text: string): number {
  const id = normaliseId(text);
  const row = id === null ? -1 : table.rowOf(id);
  return row >= 0 && table.isVisible(row, false) ? row : -1;
}

/** The row of an id, deleted or not; -1 when there is none. Throws MALFORMED_ID for what is no id of this object. */
function rowForWrite(table: Table, text: string): number {
  const id = normaliseId(text);
  if (id === null || !id.startsWith(table.definition.prefix)) throw malformedId(table, text);
  return table.rowOf(id);
}

export function malformedId(table: Table, text: string): RecordError {
  const message = `${table.definition.label} ID: id value of incorrect type: ${text}`;
  return RecordError.of('MALFORMED_ID', message, ['Id']);
}
