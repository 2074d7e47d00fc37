import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import { type Body, referenceNamed } from '../writes/values.ts';
import { UploadError } from './uploadedRows.ts';

/** Sets nothing, and clears a field. */
const CLEARS = '#N/A';

/** Puts the cell of a column into the body of a record; an empty cell leaves the field as it is. */
export type IngestColumn = { name: string; put: (body: Body, cell: string) => void };

/** The columns of an upload. Throws UploadError for one that names no field of the object. */
export function ingestColumns(org: Org, table: Table, header: readonly string[]): IngestColumn[] {
  const columns = header.map((name) => ingestColumn(org, table, name));
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) throw new UploadError(`InvalidBatch : Duplicate field name : ${header[twice]}`);
  return columns;
}

function ingestColumn(org: Org, table: Table, name: string): IngestColumn {
  const field = table.field(name);
  if (field !== undefined) return { name: field.name, put: putValue(field.name) };
  return parentColumn(org, table, name);
}

/** Account.External_Id__c, or User:Owner.Username where the parent may be of several objects. */
function parentColumn(org: Org, table: Table, name: string): IngestColumn {
  const [, type, relationship, key] = /^(?:(\w+):)?(\w+)\.(\w+)$/.exec(name) ?? [];
  const reference = relationship === undefined ? undefined : referenceNamed(table, relationship);
  const parent = reference && org.table(reference.referenceTo!);
  const field = key === undefined ? undefined : parent?.field(key);
  const isParent = type === undefined || type.toLowerCase() === parent?.name.toLowerCase();
  if (!isParent || field === undefined || !(field.externalId || field.idLookup)) {
    throw new UploadError(`InvalidBatch : Field name not found : ${name}`);
  }
  const member = reference!.relationshipName!;
  const put = (body: Body, cell: string): void => {
    if (cell === CLEARS) body[member] = null;
    else if (cell !== '') body[member] = { [field.name]: cell };
  };
  return { name: `${member}.${field.name}`, put };
}

function putValue(name: string): IngestColumn['put'] {
  return (body, cell) => {
    if (cell !== '') body[name] = cell === CLEARS ? null : cell;
  };
}

/** A body that names every parent key of the columns, so that their indexes can be made ready. */
export function sampleBody(columns: readonly IngestColumn[]): Body {
  const body: Body = {};
  for (const { put } of columns) put(body, 'sample');
  return body;
}
