/** Metadata of the organisation in the words of the contract. */
import type { DescribeGlobalSObjectResult, DescribeSObjectResult, Field } from 'jsforce';
import type { RemoteField, RemoteObject, RemoteObjectDetails } from '../../contract/connector.ts';
import { filterOperators } from '../../contract/filter.ts';
import type { RemoteHistory } from '../../contract/recordTrail.ts';
import type { ColumnType } from '../../contract/types.ts';

/** Doubles keep 15 decimal digits; a field that may hold more is read as a decimal. */
const digitsOfDouble = 15;

const columnTypes: Record<string, ColumnType> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'integer',
  currency: 'decimal',
  percent: 'decimal',
  date: 'date',
  datetime: 'datetime',
  address: 'json',
  location: 'json',
  complexvalue: 'json',
  json: 'json',
};

export function toRemoteObject(
  object: Pick<
    DescribeGlobalSObjectResult,
    | 'name'
    | 'label'
    | 'queryable'
    | 'custom'
    | 'createable'
    | 'updateable'
    | 'deletable'
    | 'undeletable'
    | 'replicateable'
  >,
): RemoteObject {
  const { name, label, queryable, custom, createable, updateable, deletable, undeletable } = object;
  return {
    name,
    label,
    queryable,
    custom,
    createable,
    updateable,
    deletable,
    undeletable,
    tracksDeletions: object.replicateable,
  };
}

export function toObjectDetails(object: DescribeSObjectResult): RemoteObjectDetails {
  const history = historyOf(object);
  const names = new Set(object.fields.map((field) => field.name));
  return {
    ...toRemoteObject(object),
    idField: 'Id',
    fields: object.fields.filter((field) => field.type !== 'base64').map(toRemoteField),
    indexFields: ['LastModifiedDate', 'SystemModstamp', 'CreatedDate', 'LoginTime'].filter((name) => names.has(name)),
    ...stampOf(names),
    ...namingOf(object),
    ...(names.has('CreatedDate') ? { createdField: 'CreatedDate' } : {}),
    ...(names.has('SystemModstamp') ? { recommendedIndexField } : {}),
    operators: filterOperators,
    children: childrenOf(object),
    ...movedOf(object),
    ...(history ? { history } : {}),
  };
}

/** What the organisation keeps about a record by itself, such as who may see it: nobody misses it once the record is gone. */
const companions = /(Share|History|Feed|ChangeEvent|__Tag)$/;

function childrenOf({ childRelationships }: DescribeSObjectResult): { object: string; field: string }[] {
  return childRelationships
    .filter(({ cascadeDelete, childSObject }) => cascadeDelete && !companions.test(childSObject))
    .map(({ childSObject, field }) => ({ object: childSObject, field }));
}

/** Only a lead is converted, and only those who may see these fields can be told into what. */
function movedOf({ fields }: DescribeSObjectResult): Pick<RemoteObjectDetails, 'moved'> {
  const [field, idField] = ['IsConverted', 'ConvertedContactId'].map((name) => fields.find((one) => one.name === name));
  const object = idField?.referenceTo?.[0];
  return field && idField && object ? { moved: { field: field.name, object, idField: idField.name } } : {};
}

function historyOf({ childRelationships }: DescribeSObjectResult): RemoteHistory | null {
  const kept = childRelationships.find(({ relationshipName }) => relationshipName === 'Histories');
  if (!kept) return null;
  const { childSObject: object, field: record } = kept;
  return { object, record, field: 'Field', before: 'OldValue', after: 'NewValue', changedAt: 'CreatedDate' };
}

function stampOf(names: ReadonlySet<string>): Pick<RemoteObjectDetails, 'stampField'> {
  const stampField = ['SystemModstamp', 'LastModifiedDate'].find((name) => names.has(name));
  return stampField === undefined ? {} : { stampField };
}

const nameParts = ['FirstName', 'MiddleName', 'LastName', 'Suffix'];

function namingOf({ fields }: DescribeSObjectResult): Pick<RemoteObjectDetails, 'naming'> {
  const field = fields.find(({ nameField }) => nameField)?.name;
  if (field === undefined) return {};
  const own = new Set(fields.filter((one) => one.compoundFieldName === field).map(({ name }) => name));
  return { naming: { field, parts: nameParts.filter((name) => own.has(name)) } };
}

const recommendedIndexField = {
  name: 'SystemModstamp',
  reason:
    'It is indexed, moves with every change by users and by the system, and cannot be set back by an import of old data, as LastModifiedDate can.',
};

function columnType(field: Field): ColumnType {
  if (field.type === 'double') return (field.precision ?? 0) > digitsOfDouble ? 'decimal' : 'number';
  return columnTypes[field.type] ?? 'text';
}

const rounded = new Set(['double', 'currency', 'percent']);
const longText = new Set(['address', 'location', 'base64', 'encryptedstring', 'complexvalue']);

function toRemoteField(field: Field): RemoteField {
  const values = (field.picklistValues ?? [])
    .filter((item) => item.active)
    .map((item) => ({ value: item.value, label: item.label ?? item.value }));
  const objects = field.referenceTo ?? [];
  return {
    name: field.name,
    label: field.label,
    remoteType: field.type,
    type: columnType(field),
    nullable: field.nillable,
    filterable: field.filterable && !longText.has(field.type),
    sortable: field.sortable,
    createable: field.createable,
    updateable: field.updateable,
    calculated: field.calculated,
    ...(field.length > 0 ? { length: field.length } : {}),
    ...(rounded.has(field.type) && typeof field.scale === 'number' ? { scale: field.scale } : {}),
    ...(values.length > 0 ? { values } : {}),
    ...(field.relationshipName && objects.length > 0 ? { references: { objects, path: field.relationshipName } } : {}),
    required: field.createable && !field.nillable && !field.defaultedOnCreate,
    key: isKey(field),
    ...(field.unique ? { unique: true } : {}),
    identifying: isIdentifying(field),
    personal: isPersonal(field),
  };
}

function isIdentifying(field: Field): boolean {
  return field.type === 'id' || field.type === 'email' || field.externalId;
}

/** The record id is none: what would be made by it has none yet. A field nobody can filter by cannot be looked up before it is written. */
function isKey(field: Field): boolean {
  return (field.externalId || field.idLookup) && field.type !== 'id' && field.filterable;
}

const personalNames = /^(First|Last|Middle)?Name$|Street|PostalCode|Birth|^Salutation$|Latitude|Longitude/;

function isPersonal(field: Field): boolean {
  return (
    field.type === 'email' ||
    field.type === 'phone' ||
    field.type === 'address' ||
    field.type === 'location' ||
    personalNames.test(field.name)
  );
}
