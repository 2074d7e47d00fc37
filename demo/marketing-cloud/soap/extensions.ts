import { randomUUID } from 'node:crypto';
import { type Call, sessionOf } from '../call.ts';
import { DataExtension } from '../extensions/extension.ts';
import { FIELD_TYPES, type Field, lengthOf } from '../extensions/field.ts';
import { ObjectError, type Result } from './results.ts';
import { childrenOf, descend, type Element, textOf } from './xml.ts';

const INVALID = 310_007;
const MOST_NAME = 50;
const LONGEST_TEXT = 4000;
const MOST_DIGITS = 38;

export function createExtension(call: Call, object: Element): Result {
  const { accountId } = sessionOf(call);
  const name = textOf(object, 'Name') ?? '';
  const key = textOf(object, 'CustomerKey') || randomUUID().toUpperCase();
  if (name === '') throw new ObjectError(310_001, 'The data extension has no name.');
  const isTaken = call.org.extensionsOf(accountId).some((other) => same(other.name, name) || same(other.key, key));
  if (isTaken)
    throw new ObjectError(
      INVALID,
      'Updating an existing Data Extension definition is not allowed when doing an add-only operation.',
    );
  const fields: Field[] = [];
  for (const field of fieldsOf(object)) fields.push(readField(field, fields, true));
  if (fields.length === 0) throw new ObjectError(INVALID, 'A data extension must have at least one field.');
  const objectId = randomUUID();
  const description = textOf(object, 'Description') ?? '';
  const created = call.org.clock.now();
  call.org.add(new DataExtension({ objectId, key, name, description, accountId, fields, created }));
  return { ok: true, message: 'Data Extension created.', newObjectId: objectId };
}

/** Fields that are not there yet are added; of those that are, length, default and whether they are required can change. */
export function changeExtension(call: Call, object: Element): Result {
  const extension = find(call, object);
  if (extension === undefined)
    throw new ObjectError(
      INVALID,
      'Adding a new Data Extension definition is not allowed when doing an update-only operation.',
    );
  const added: Field[] = [];
  for (const element of fieldsOf(object)) {
    const known = extension.field(textOf(element, 'Name') ?? '');
    if (known === undefined) added.push(readField(element, [...extension.fields, ...added], extension.size === 0));
    else changeField(known, element);
  }
  extension.fields.push(...added);
  extension.name = textOf(object, 'Name') || extension.name;
  extension.description = textOf(object, 'Description') ?? extension.description;
  extension.modified = call.org.clock.now();
  return { ok: true, message: 'Data Extension updated.' };
}

export function removeExtension(call: Call, object: Element): Result {
  const extension = find(call, object);
  if (extension === undefined) throw new ObjectError(310_002, 'The data extension was not found.');
  call.org.remove(extension);
  return { ok: true, message: 'Data Extension deleted.' };
}

function find(call: Call, object: Element): DataExtension | undefined {
  const { accountId } = sessionOf(call);
  const [id, key] = [textOf(object, 'ObjectID'), textOf(object, 'CustomerKey')];
  return id ? call.org.byId(accountId, id) : call.org.byKey(accountId, key ?? '');
}

function fieldsOf(object: Element): Element[] {
  return childrenOf(descend(object, 'Fields'), 'Field');
}

function readField(element: Element, others: readonly Field[], mayBeRequired: boolean): Field {
  const name = textOf(element, 'Name') ?? '';
  const type = FIELD_TYPES.find((known) => known === (textOf(element, 'FieldType') || 'Text'));
  if (name === '' || name.length > MOST_NAME) throw invalid(`The field name '${name}' is not valid.`);
  if (others.some((other) => same(other.name, name))) throw invalid(`There is more than one field ${name}.`);
  if (type === undefined) throw invalid(`The type of the field ${name} is not known.`);
  const isPrimaryKey = textOf(element, 'IsPrimaryKey') === 'true';
  const isRequired = isPrimaryKey || textOf(element, 'IsRequired') === 'true';
  const defaultValue = textOf(element, 'DefaultValue') ?? '';
  if (!mayBeRequired && (isPrimaryKey || (isRequired && defaultValue === '')))
    throw invalid(`The field ${name} must be nullable or have a default: the data extension has rows.`);
  const maxLength = lengthOf(type, readNumber(element, 'MaxLength'));
  if (type === 'Text' && maxLength! > LONGEST_TEXT)
    throw invalid(`The length of ${name} is more than ${LONGEST_TEXT}.`);
  const scale = type === 'Decimal' ? (readNumber(element, 'Scale') ?? 0) : null;
  if (type === 'Decimal' && (maxLength! > MOST_DIGITS || scale! > maxLength!))
    throw invalid(`The precision of ${name} is not valid.`);
  return { objectId: randomUUID(), name, type, maxLength, scale, isPrimaryKey, isRequired, defaultValue };
}

function changeField(field: Field, element: Element): void {
  const length = readNumber(element, 'MaxLength');
  if (length !== null && field.maxLength !== null && length < field.maxLength)
    throw invalid(`The length of the field ${field.name} cannot be decreased.`);
  if (length !== null && field.maxLength !== null) field.maxLength = length;
  if (textOf(element, 'IsRequired') === 'false' && !field.isPrimaryKey) field.isRequired = false;
  field.defaultValue = textOf(element, 'DefaultValue') ?? field.defaultValue;
}

function readNumber(element: Element, name: string): number | null {
  const text = textOf(element, name);
  return text === null || text === '' ? null : Number(text);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function invalid(message: string): ObjectError {
  return new ObjectError(INVALID, message);
}
