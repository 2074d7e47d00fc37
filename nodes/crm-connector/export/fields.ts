/** The mapping, once the fields of the object are known. */
import type { CrmClient, RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { CrmConfig } from '../config.ts';
import { idField } from '../config.ts';
import type { ExportMode, MappedField } from '../exportConfig.ts';

/** A mapped field beside what the CRM says of it. */
export interface WrittenField {
  mapped: MappedField;
  remote: RemoteField;
  /** The name under which a value is sent: the field, or the path of the lookup. */
  sentAs: string;
  /** Whether it can be given to new records, and be changed in others. */
  creates: boolean;
  updates: boolean;
}

export interface WrittenObject {
  details: RemoteObjectDetails;
  mode: ExportMode | 'delete';
  /** How records are found; null: all are created. */
  key: WrittenField | null;
  /** The one whose value has to be newer than what the record holds; null: none. */
  newer: WrittenField | null;
  /** Rows of records that have become others leave by an output of their own. */
  follows: boolean;
  /** The key is among them, unless it is the record id. */
  fields: WrittenField[];
  /** Without which no record can be created. */
  required: RemoteField[];
  /** The field that tells when a record was changed; null: there is none. */
  stampField: string | null;
}

export const findsById = ({ key }: WrittenObject): boolean => key?.mapped.field === idField;
export const canCreate = ({ mode }: Pick<WrittenObject, 'mode'>): boolean => mode !== 'update' && mode !== 'delete';
export const canUpdate = ({ mode }: Pick<WrittenObject, 'mode'>): boolean => mode !== 'insert' && mode !== 'delete';

/** In the order in which their values are asked for: the key first. */
export const sourceFields = ({ key, fields }: WrittenObject): WrittenField[] =>
  key === null ? fields : [key, ...fields.filter((field) => field !== key)];

export const lookupFields = ({ fields }: WrittenObject): WrittenField[] =>
  fields.filter(({ mapped }) => mapped.lookup !== undefined);

/** Throws UserError FIELD_UNKNOWN, FIELD_TYPE_CHANGED or WRITE_NOT_ALLOWED when the CRM is not what was drawn. */
export async function readFields(config: CrmConfig, client: CrmClient): Promise<WrittenObject> {
  const details = await client.describe(config.object);
  const { key, newer, mapping } = config.export;
  const mode = config.operation === 'delete' ? 'delete' : config.export.mode;
  const used = mode === 'delete' ? mapping.filter(({ field }) => field === idField) : mapping;
  const all = await Promise.all(used.map((mapped) => resolve(client, details, mapped)));
  const written: WrittenObject = {
    details,
    mode,
    key: all.find(({ mapped }) => mapped.field === key) ?? null,
    follows: config.export.moved.follow,
    newer: key === '' ? null : (all.find(({ mapped }) => mapped.field === newer) ?? null),
    fields: all.filter(({ mapped }) => mapped.field !== idField),
    required: details.fields.filter(({ required }) => required),
    stampField: details.stampField ?? null,
  };
  refuseObject(written);
  for (const field of written.fields) refuseField(written, field);
  refuseNewer(written);
  refuseKey(written);
  return written;
}

async function resolve(client: CrmClient, details: RemoteObjectDetails, mapped: MappedField): Promise<WrittenField> {
  const name = mapped.field.toLowerCase();
  const remote = details.fields.find((field) => field.name.toLowerCase() === name);
  if (!remote) throw new UserError('FIELD_UNKNOWN', { field: mapped.field, object: details.name });
  const { lookup } = mapped;
  const valued = lookup ? await client.fieldAt(lookup.object, lookup.keyField) : remote;
  if (valued.type !== mapped.type)
    throw new UserError('FIELD_TYPE_CHANGED', { field: valued.name, found: valued.type, known: mapped.type });
  const { createable: creates, updateable: updates } = remote;
  return { mapped, remote, sentAs: lookup ? pathOf(remote, lookup) : remote.name, creates, updates };
}

/** A reference to records of several objects says of which the key is. Throws FIELD_TYPE_CHANGED where it leads there no more. */
function pathOf({ name, references }: RemoteField, { object, path }: NonNullable<MappedField['lookup']>): string {
  const objects = references?.objects ?? [];
  if (!objects.includes(object))
    throw new UserError('FIELD_TYPE_CHANGED', {
      field: name,
      found: `a reference to ${objects.join(', ')}`,
      known: object,
    });
  return objects.length > 1 ? `${object}:${path}` : path;
}

function refuseObject(written: WrittenObject): void {
  const { details, mode } = written;
  const refuse = (action: string): never => {
    throw new UserError('WRITE_NOT_ALLOWED', { action, what: `records of ${details.label}` });
  };
  if (mode === 'delete' && !details.deletable) refuse('delete');
  if (canCreate(written) && !details.createable) refuse('create');
  if (canUpdate(written) && !details.updateable) refuse('change');
}

/** The CRM decides by the key whether a record is new: by a field that is none for it, two at once would make two of one. */
function refuseKey({ key, mode, details }: WrittenObject): void {
  if (
    mode === 'upsert' &&
    key &&
    key.remote.name !== details.idField &&
    key.mapped.field !== idField &&
    !key.remote.key
  )
    throw new UserError('KEY_UNFIT', { field: key.mapped.label || key.mapped.field, object: details.label });
}

/** What is written once only cannot tell what was written later. */
function refuseNewer({ newer }: WrittenObject): void {
  if (newer && !newer.updates)
    throw new UserError('WRITE_NOT_ALLOWED', { action: 'change', what: `the field "${newer.mapped.field}"` });
}

/** The key of records that are only found may be one that nobody can write, such as a number that the CRM gives. */
function refuseField(written: WrittenObject, field: WrittenField): void {
  const writable = (canCreate(written) && field.creates) || (canUpdate(written) && field.updates);
  const onlyFinds = field === written.key && !canCreate(written);
  if (!writable && !onlyFinds)
    throw new UserError('WRITE_NOT_ALLOWED', { action: 'write', what: `the field "${field.mapped.field}"` });
}
