import { type Call, dataPath, readJson } from '../call.ts';
import { notFound, RecordError } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { Field } from '../objects/field.ts';
import { json, jsonText, type Reply } from '../reply.ts';
import { projectFields } from '../soql/project.ts';
import type { Table } from '../store/table.ts';
import { readyToDelete } from '../writes/ready.ts';
import type { Body } from '../writes/values.ts';
import type { Writer } from '../writes/writer.ts';
import { checkCount, readItems } from './items.ts';
import { keyField, rowsOfKey } from './keys.ts';
import { tableOf } from './resources.ts';
import { applyAll, type Result } from './results.ts';
import { fieldOf, malformedId, writeable, writerFor } from './sobjects.ts';

const MOST_READ = 2000;

/** POST /composite/sobjects */
export async function createRecords(call: Call): Promise<Reply> {
  const { items, allOrNone } = await readItems(call, 'createable');
  const writer = writerFor(call);
  const attempts = items.map(({ table, body }) => ({
    known: {},
    work: () => ({ id: table.idOf(writer.create(table, body)) }),
  }));
  return json(applyAll(writer, attempts, allOrNone));
}

/** PATCH /composite/sobjects */
export async function updateRecords(call: Call): Promise<Reply> {
  const { items, allOrNone } = await readItems(call, 'updateable');
  const writer = writerFor(call);
  const seen = new Set<string>();
  const attempts = items.map(({ table, body }) => {
    const { id, rest } = splitId(body);
    const work = (): Partial<Result> => {
      const row = existingRow(table, id);
      refuseTwice(seen, table.idOf(row));
      writer.update(table, row, rest);
      return { id: table.idOf(row) };
    };
    return { known: id === '' ? {} : { id }, work };
  });
  return json(applyAll(writer, attempts, allOrNone));
}

/** PATCH /composite/sobjects/X/{field} */
export async function upsertRecords(call: Call): Promise<Reply> {
  const table = writeable(tableOf(call), 'updateable');
  const field = keyField(table, call.params.field ?? '');
  if (field.name === 'Id') throw notFound('Provided external ID field does not exist or is not accessible: Id');
  const { items, allOrNone } = await readItems(call, 'createable', table);
  const keys = items.map(({ body }) => keyOf(body, field));
  const found: number[][] = [];
  for (const key of keys) found.push(await rowsOfKey(table, field, key));
  const writer = writerFor(call);
  const repeated = repeatedKeys(keys);
  const attempts = items.map(({ body }, i) => ({
    known: { created: found[i]!.length === 0 },
    work: () => {
      refuseRepeated(repeated, keys[i]!);
      return upsertOne(writer, table, field, body, found[i]!);
    },
  }));
  return json(applyAll(writer, attempts, allOrNone));
}

/** DELETE /composite/sobjects?ids= */
export async function deleteRecords(call: Call): Promise<Reply> {
  const ids = listOf(call.query.get('ids'));
  checkCount(ids.length);
  await readyToDelete(call.org);
  const writer = writerFor(call);
  const attempts = ids.map((id) => ({
    known: { id },
    work: () => {
      const table = tableOfId(call, id);
      const row = existingRow(table, id);
      writer.remove(table, row);
      return { id: table.idOf(row) };
    },
  }));
  return json(applyAll(writer, attempts, call.query.get('allOrNone') === 'true'));
}

/** GET and POST /composite/sobjects/X */
export function readRecords(call: Call): Reply {
  const table = tableOf(call);
  const asked = call.method === 'POST' ? readJson(call) : null;
  const ids = listOf(asked === null ? call.query.get('ids') : asked.ids);
  checkCount(ids.length, MOST_READ);
  const fields = listOf(asked === null ? call.query.get('fields') : asked.fields).map((name) => fieldOf(table, name));
  const write = projectFields(call.org, table, fields, dataPath(call));
  const records = ids.map((text) => {
    const id = normaliseId(text);
    const row = id === null ? -1 : table.rowOf(id);
    return row >= 0 && table.isVisible(row, false) ? write(row) : 'null';
  });
  return jsonText(`[${records.join(',')}]`);
}

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' && value !== '' ? value.split(',').map((part) => part.trim()) : [];
}

function splitId(body: Body): { id: string; rest: Body } {
  const { id, Id, ...rest } = body;
  return { id: String(id ?? Id ?? ''), rest };
}

export function existingRow(table: Table, text: string): number {
  if (text === '') throw RecordError.of('MISSING_ARGUMENT', 'Id not specified in an update call');
  const id = normaliseId(text);
  if (id === null || !id.startsWith(table.definition.prefix)) throw malformedId(table, text);
  const row = table.rowOf(id);
  if (row < 0) throw RecordError.of('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
  return row;
}

function tableOfId(call: Call, text: string): Table {
  const table = call.org.tables.find(({ definition }) => text.startsWith(definition.prefix));
  if (table !== undefined) return writeable(table, 'deletable');
  throw RecordError.of('MALFORMED_ID', `malformed id ${text}`, ['Id']);
}

export function refuseTwice(seen: Set<string>, id: string): void {
  if (seen.has(id)) throw RecordError.of('DUPLICATE_VALUE', `duplicate id in list: ${id}`, ['Id']);
  seen.add(id);
}

function keyOf(body: Body, field: Field): string {
  const entry = Object.entries(body).find(([name]) => name.toLowerCase() === field.name.toLowerCase());
  return String(entry?.[1] ?? '').trim();
}

/** The keys that stand more than once in a list, in lower case. */
export function repeatedKeys(keys: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const key of keys.map((text) => text.toLowerCase())) {
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  repeated.delete('');
  return repeated;
}

/** All records that repeat a key are refused, not only the later ones. */
export function refuseRepeated(repeated: ReadonlySet<string>, key: string): void {
  if (!repeated.has(key.toLowerCase())) return;
  throw RecordError.of('DUPLICATE_VALUE', `Duplicate external id specified: ${key}`);
}

export function upsertOne(writer: Writer, table: Table, field: Field, body: Body, rows: number[]): Partial<Result> {
  if (rows.length > 1) {
    const ids = rows.map((row) => table.idOf(row)).join(', ');
    const message = `${field.name}: more than one record found for external id field: [${ids}]`;
    throw RecordError.of('DUPLICATE_EXTERNAL_ID', message);
  }
  const [row] = rows;
  if (row === undefined) return { id: table.idOf(writer.create(table, body)), created: true };
  writer.update(table, row, body);
  return { id: table.idOf(row), created: false };
}
