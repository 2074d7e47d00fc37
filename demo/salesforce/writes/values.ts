import { ApiError, RecordError, type RecordFault } from '../errors.ts';
import { normaliseId } from '../ids.ts';
import type { Field, Value } from '../objects/field.ts';
import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import { coerce } from './coerce.ts';

export type Body = Record<string, unknown>;
export type Mode = 'create' | 'update';

/** The values a body writes, by field name. Throws RecordError with everything that is wrong with the record. */
export function readValues(org: Org, table: Table, body: Body, mode: Mode): Record<string, Value> {
  const values: Record<string, Value> = {};
  const faults: RecordFault[] = [];
  for (const [key, value] of Object.entries(body)) {
    if (key === 'attributes') continue;
    collect(faults, () => {
      const [field, written] = readValue(org, table, key, value, mode);
      values[field.name] = written;
    });
  }
  const missing = missingFields(table, values, mode, faults);
  if (missing.length > 0) {
    const message = `Required fields are missing: [${missing.join(', ')}]`;
    faults.push({ statusCode: 'REQUIRED_FIELD_MISSING', message, fields: missing });
  }
  if (faults.length > 0) throw new RecordError(faults);
  return values;
}

function collect(faults: RecordFault[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    faults.push(...error.faults);
  }
}

function readValue(org: Org, table: Table, key: string, value: unknown, mode: Mode): [Field, Value] {
  const field = table.field(key);
  if (field === undefined) return readParent(org, table, key, value);
  if (field.name === 'Id') throw fixedKey('Id');
  if (mode === 'create' ? !field.createable : !field.updateable) throw notWriteable(field);
  const written = coerce(field, value);
  return [
    field,
    field.type === 'reference' && written !== null ? checkReference(org, field, String(written)) : written,
  ];
}

/** A key that is part of the address must not be in the body as well. */
export function fixedKey(name: string): ApiError {
  return new ApiError(400, 'INVALID_FIELD', `The ${name} field should not be specified in the sobject data.`);
}

function notWriteable(field: Field): RecordError {
  const message =
    `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify ` +
    'that it is read/write for your profile or permission set.';
  return RecordError.of('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name]);
}

/** A parent named by one of its keys, as in {"Account": {"External_Id__c": "A-1"}}. */
function readParent(org: Org, table: Table, key: string, value: unknown): [Field, Value] {
  const reference = referenceNamed(table, key);
  if (reference === undefined || typeof value !== 'object') {
    throw new ApiError(400, 'INVALID_FIELD', `No such column '${key}' on sobject of type ${table.name}`);
  }
  const parent = org.table(reference.referenceTo!)!;
  const [name, wanted] = Object.entries(value ?? {}).find(([part]) => part !== 'attributes') ?? [];
  if (name === undefined) return [reference, null];
  const field = parent.field(name);
  const index = field && parent.index(field);
  if (index === undefined) throw RecordError.of('INVALID_FIELD', `${name} is no external id of ${parent.name}`, [key]);
  const rows = index.find(String(wanted)).filter((row) => parent.isVisible(row, false));
  if (rows.length === 1) return [reference, parent.idOf(rows[0]!)];
  const message = `Foreign key external ID: ${wanted} ${rows.length === 0 ? 'not found' : 'is not unique'} for field ${name} in entity ${parent.name}`;
  throw RecordError.of('INVALID_FIELD', message, []);
}

/** The reference whose relationship has this name. */
export function referenceNamed(table: Table, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return table.definition.fields.find((field) => field.relationshipName?.toLowerCase() === wanted);
}

function checkReference(org: Org, field: Field, text: string): string {
  const id = normaliseId(text);
  const parent = org.table(field.referenceTo!)!;
  if (id === null || !id.startsWith(parent.definition.prefix)) {
    const code = id === null ? 'MALFORMED_ID' : 'FIELD_INTEGRITY_EXCEPTION';
    throw RecordError.of(code, `${field.label}: id value of incorrect type: ${text}`, [field.name]);
  }
  const row = parent.rowOf(id);
  if (row < 0) throw RecordError.of('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (parent.isDeleted(row)) throw RecordError.of('ENTITY_IS_DELETED', 'entity is deleted', []);
  return id;
}

/** Fields that must hold something and would not; those refused for another reason are not named twice. */
function missingFields(table: Table, values: Record<string, Value>, mode: Mode, faults: RecordFault[]): string[] {
  const refused = new Set(faults.flatMap((fault) => fault.fields));
  return table.definition.fields
    .filter((field) => field.createable && !field.nillable && !refused.has(field.name))
    .filter((field) =>
      mode === 'create' && !field.defaultedOnCreate
        ? (values[field.name] ?? null) === null
        : values[field.name] === null,
    )
    .map((field) => field.name);
}
