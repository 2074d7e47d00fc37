import { RecordError, type RecordFault } from '../errors.ts';
import type { Org } from '../org.ts';
import { existingRow, refuseRepeated, refuseTwice, repeatedKeys, upsertOne } from '../rest/collections.ts';
import { rowsOfKey } from '../rest/keys.ts';
import type { Table } from '../store/table.ts';
import { JsonTypeError } from '../writes/coerce.ts';
import type { Body } from '../writes/values.ts';
import { Writer } from '../writes/writer.ts';
import type { IngestColumn } from './ingestColumns.ts';
import type { IngestJob } from './ingestJob.ts';
import { UploadError } from './uploadedRows.ts';

interface Row {
  /** As it was given; empty where it was not. */
  id: string;
  key: string;
  body: Body;
}

/** What a row became. */
interface Done {
  row: number;
  created: boolean;
}

/** Writes some rows of an upload; a refused one does not stop the others. Throws UploadError for a broken row. */
export async function writeTransaction(
  org: Org,
  job: IngestJob,
  columns: readonly IngestColumn[],
  place: { from: number; to: number },
  lockedRow: number | null,
): Promise<void> {
  const { rows, outcomes } = job.upload!;
  const read = [];
  for (let i = place.from; i < place.to; i++) read.push(readRow(job, columns, rows.cells(i)));
  const write = await makeWrite(org, job, read, lockedRow === null ? null : lockedRow - place.from);
  read.forEach((row, i) => {
    try {
      const done = write(row, i);
      outcomes.succeed(place.from + i, done.row, done.created);
    } catch (error) {
      outcomes.fail(place.from + i, row.id, errorText(job.table, row.body, error));
    }
  });
}

function readRow(job: IngestJob, columns: readonly IngestColumn[], cells: string[]): Row {
  if (cells.length > columns.length) {
    throw new UploadError(`InvalidBatch : A row has ${cells.length} values for ${columns.length} fields`);
  }
  const all: Body = {};
  cells.forEach((cell, i) => {
    columns[i]!.put(all, cell);
  });
  const { Id, ...body } = all;
  for (const [name, value] of Object.entries(body)) body[name] = withoutZone(job.table, name, value);
  const key = job.keyField === null ? '' : String(all[job.keyField.name] ?? '').trim();
  return { id: String(Id ?? '').trim(), key, body };
}

/** The Bulk API takes a date with the Z of UTC behind it. */
function withoutZone(table: Table, name: string, value: unknown): unknown {
  return table.field(name)?.type === 'date' && typeof value === 'string' ? value.replace(/Z$/, '') : value;
}

type Write = (row: Row, place: number) => Done;

async function makeWrite(org: Org, job: IngestJob, read: Row[], lockedRecord: number | null): Promise<Write> {
  const { table, keyField, operation } = job;
  const writer = new Writer(org, job.createdById, { lockedRecord });
  const seen = new Set<string>();
  switch (operation) {
    case 'insert':
      return (row) => ({ row: insert(writer, table, row), created: true });
    case 'update':
      return ({ id, body }) => {
        const row = rowOnce(table, seen, id);
        writer.update(table, row, body);
        return { row, created: false };
      };
    case 'upsert':
      if (keyField === null || keyField.name === 'Id') return (row) => upsertById(writer, table, seen, row);
      return upsertByKey(writer, job, keyField, read);
    default:
      return ({ id }) => {
        const row = rowOnce(table, seen, id);
        if (operation === 'delete') writer.remove(table, row);
        else writer.erase(table, row);
        return { row, created: false };
      };
  }
}

function insert(writer: Writer, table: Table, { id, body }: Row): number {
  if (id === '') return writer.create(table, body);
  throw RecordError.of('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', ['Id']);
}

function rowOnce(table: Table, seen: Set<string>, id: string): number {
  const row = existingRow(table, id);
  refuseTwice(seen, table.idOf(row));
  return row;
}

function upsertById(writer: Writer, table: Table, seen: Set<string>, { id, body }: Row): Done {
  if (id === '') return { row: writer.create(table, body), created: true };
  const row = rowOnce(table, seen, id);
  writer.update(table, row, body);
  return { row, created: false };
}

async function upsertByKey(
  writer: Writer,
  { table }: IngestJob,
  field: NonNullable<IngestJob['keyField']>,
  read: Row[],
): Promise<Write> {
  const keys = read.map(({ key }) => key);
  const repeated = repeatedKeys(keys);
  const found: number[][] = [];
  for (const key of keys) found.push(await rowsOfKey(table, field, key));
  return ({ key, body }, place) => {
    if (key === '') throw RecordError.of('MISSING_ARGUMENT', `${field.name} not specified`);
    refuseRepeated(repeated, key);
    const { id, created } = upsertOne(writer, table, field, body, found[place]!);
    return { row: table.rowOf(id!), created: created! };
  };
}

/** CODE:message:FIELD,FIELD -- for each fault of a record. */
function errorText(table: Table, body: Body, error: unknown): string {
  return faultsOf(table, body, error)
    .map(({ statusCode, message, fields }) => `${statusCode}:${message}:${fields.join(',')} --`)
    .map((text) => text.replace(/: --$/, ':--'))
    .join('');
}

function faultsOf(table: Table, body: Body, error: unknown): RecordFault[] {
  if (error instanceof RecordError) return error.faults;
  if (!(error instanceof JsonTypeError)) throw error;
  const label = table.field(error.field)?.label ?? error.field;
  const message = `${label}: value not of required type: ${body[error.field]}`;
  return [{ statusCode: 'INVALID_TYPE_ON_FIELD_IN_RECORD', message, fields: [error.field] }];
}
