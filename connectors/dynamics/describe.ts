/** Metadata of a table in the words of the contract, and the name each field has on the wire. */
import type { RemoteField, RemoteObject, RemoteObjectDetails } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import { filterOperators } from '../../contract/filter.ts';
import type { RemadeRecords } from '../../contract/recordTrail.ts';
import type { ColumnType } from '../../contract/types.ts';
import type { Session } from './session.ts';
import type { Labelled, TableName, Tables } from './tables.ts';
import { labelOf } from './tables.ts';

/** How a field is spelt in requests. */
export interface Wire {
  field: RemoteField;
  /** In `$select`, in filters and in answers. */
  property: string;
  kind: 'plain' | 'id' | 'lookup' | 'choices';
  /**
   * The way a lookup leads; null for what is none, or leads to tables that are not told. It is set by `bind`, and followed by
   * `navigation`; null: it cannot be followed.
   */
  way: { navigation: string | null; target: TableName; bind: string; isOneOfSeveral: boolean } | null;
}

export interface Described {
  details: RemoteObjectDetails;
  table: TableName;
  /** By name in lower case. */
  wires: ReadonlyMap<string, Wire>;
}

/** The name of the record id in every CRM. */
const idField = 'Id';

interface WireAttribute {
  '@odata.type'?: string;
  LogicalName: string;
  AttributeType: string;
  AttributeOf: string | null;
  DisplayName: Labelled;
  IsValidForCreate: boolean;
  IsValidForUpdate: boolean;
  IsValidForRead: boolean;
  IsFilterable?: boolean;
  IsSecured?: boolean;
  RequiredLevel: { Value: string } | null;
  SourceType?: number | null;
  MaxLength?: number | null;
  Precision?: number | null;
  FormatName?: { Value: string } | null;
  DateTimeBehavior?: { Value: string } | null;
  Targets?: string[] | null;
}

interface WireWay {
  ReferencingAttribute: string;
  ReferencedEntity: string;
  ReferencingEntityNavigationPropertyName: string;
}

interface WireEntity {
  Keys: { KeyAttributes: string[]; EntityKeyIndexStatus: string }[] | null;
  ManyToOneRelationships: WireWay[] | null;
}

interface WireOption {
  Value: number;
  Label: Labelled;
}

interface WireChoice {
  LogicalName: string;
  OptionSet: WireOptions | null;
  GlobalOptionSet: WireOptions | null;
}

interface WireOptions {
  Options?: WireOption[];
}

const choiceTypes = ['Picklist', 'MultiSelectPicklist', 'State', 'Status'];

/** Rejects with UserError OBJECT_UNKNOWN. */
export async function describeTable(session: Session, tables: Tables, object: string): Promise<Described> {
  const table = tables.byName.get(object.toLowerCase());
  const remote = tables.objects.find(({ name }) => name === table?.name);
  if (!table || !remote) throw new UserError('OBJECT_UNKNOWN', { object });
  const path = `EntityDefinitions(LogicalName='${table.name}')`;
  const asked = { object };
  const list = <T>(rest: string): Promise<T[]> =>
    session.page(path + rest, asked, (text) => (JSON.parse(text) as { value: T[] }).value);
  const expand =
    'Keys($select=KeyAttributes,EntityKeyIndexStatus),ManyToOneRelationships($select=ReferencingAttribute,ReferencedEntity,ReferencingEntityNavigationPropertyName)';
  const [entity, attributes, ...choices] = await Promise.all([
    session.page(`${path}?$select=LogicalName&$expand=${expand}`, asked, (text) => JSON.parse(text) as WireEntity),
    list<WireAttribute>('/Attributes'),
    ...choiceTypes.map((type) =>
      list<WireChoice>(
        `/Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata?$select=LogicalName&$expand=OptionSet,GlobalOptionSet`,
      ),
    ),
  ]);
  const scope: Scope = { table, tables, entity, options: optionsByName(choices.flat()) };
  const wires = attributes.filter(isShown).flatMap((attribute) => wiresOf(scope, attribute));
  const names = new Set(wires.map(({ field }) => field.name));
  return {
    table,
    wires: new Map(wires.map((wire) => [wire.field.name.toLowerCase(), wire])),
    details: {
      ...remote,
      idField,
      fields: wires.map(({ field }) => field),
      indexFields: ['modifiedon', 'createdon'].filter((name) => names.has(name)),
      ...(names.has('modifiedon') ? { stampField: 'modifiedon' } : {}),
      ...namingOf(table, names),
      ...(names.has('createdon') ? { createdField: 'createdon' } : {}),
      operators: filterOperators,
      ...(table.isStandard ? { remade: remadeOf(remote, attributes.filter(isWritable)) } : {}),
    },
  };
}

const nameParts = ['firstname', 'middlename', 'lastname'];

function namingOf({ primaryName }: TableName, names: ReadonlySet<string>): Pick<RemoteObjectDetails, 'naming'> {
  if (primaryName === null || !names.has(primaryName)) return {};
  const parts = primaryName === 'fullname' ? nameParts.filter((name) => names.has(name)) : [];
  return { naming: { field: primaryName, parts } };
}

interface Scope {
  table: TableName;
  tables: Tables;
  entity: WireEntity;
  options: ReadonlyMap<string, { value: string; label: string }[]>;
}

function optionsByName(choices: readonly WireChoice[]): Scope['options'] {
  return new Map(
    choices.map(({ LogicalName, OptionSet, GlobalOptionSet }) => [
      LogicalName,
      ((OptionSet ?? GlobalOptionSet)?.Options ?? []).map(({ Value, Label }) => ({
        value: String(Value),
        label: labelOf(Label, String(Value)),
      })),
    ]),
  );
}

/** The metadata's own word, of several choices too, whose type it calls virtual. */
const typeOf = (attribute: WireAttribute): string =>
  /MultiSelectPicklist/.test(attribute['@odata.type'] ?? '') ? 'MultiSelectPicklist' : attribute.AttributeType;

const columnTypes: Record<string, ColumnType> = {
  Uniqueidentifier: 'text',
  String: 'text',
  Memo: 'text',
  Lookup: 'text',
  Customer: 'text',
  Owner: 'text',
  MultiSelectPicklist: 'text',
  Picklist: 'integer',
  State: 'integer',
  Status: 'integer',
  Integer: 'integer',
  BigInt: 'integer',
  Decimal: 'decimal',
  Money: 'decimal',
  Double: 'number',
  Boolean: 'boolean',
  DateTime: 'datetime',
};

/** What stands beside a lookup, such as the table that it leads to, is written with it. */
const isWritable = ({ IsValidForCreate, IsValidForUpdate, AttributeOf, AttributeType }: WireAttribute): boolean =>
  (IsValidForCreate || IsValidForUpdate) && AttributeOf === null && AttributeType !== 'EntityName';

/** It has the date of an import, and would set the date of creation where a new record is given it. */
const importedOn = 'overriddencreatedon';

function remadeOf({ label, undeletable }: RemoteObject, writable: readonly WireAttribute[]): RemadeRecords {
  const labels = (chosen: readonly WireAttribute[]): string =>
    chosen.map(({ DisplayName, LogicalName }) => labelOf(DisplayName, LogicalName)).join(', ');
  const unread = writable.filter((attribute) => !isShown(attribute));
  const secured = writable.filter((attribute) => isShown(attribute) && attribute.IsSecured === true);
  return {
    without: [importedOn],
    remarks: [
      undeletable
        ? 'What the recycle bin does not have is made anew, with its old id and the values that were kept.'
        : `${label} has no recycle bin: its records are made anew, with their old ids and the values that were kept.`,
      'To the environment, its rules and its flows, a record that is made anew is a new one: when and by whom it was created and changed is what the undo makes it, and its history begins again.',
      'What belonged to a record does not come back with it: records that were deleted along or lost their link to it, notes, files and shares.',
      ...(unread.length > 0 ? [`Nothing is kept of these columns, so that they stay empty: ${labels(unread)}.`] : []),
      ...(secured.length > 0
        ? [
            `These columns are secured, and stay empty where the user of the connection may not read them: ${labels(secured)}.`,
          ]
        : []),
    ],
  };
}

/** Texts that only repeat another column, such as the name behind a lookup, are of a type that is not among these. */
const isShown = (attribute: WireAttribute): boolean =>
  attribute.IsValidForRead && attribute.AttributeOf === null && typeOf(attribute) in columnTypes;

const lookups = new Set(['Lookup', 'Customer', 'Owner']);

function wiresOf(scope: Scope, attribute: WireAttribute): Wire[] {
  if (attribute.LogicalName === scope.table.primaryId) return [idWire(scope, attribute)];
  if (!lookups.has(typeOf(attribute))) return [plainWire(scope, attribute)];
  return lookupWires(scope, attribute);
}

function idWire(scope: Scope, attribute: WireAttribute): Wire {
  const field = {
    ...fieldOf(scope, attribute),
    name: idField,
    remoteType: 'id',
    nullable: false,
    createable: false,
    updateable: false,
  };
  return {
    field: { ...field, required: false, key: false, identifying: true },
    property: scope.table.primaryId,
    kind: 'id',
    way: null,
  };
}

function plainWire(scope: Scope, attribute: WireAttribute): Wire {
  const isChoices = typeOf(attribute) === 'MultiSelectPicklist';
  return {
    field: fieldOf(scope, attribute),
    property: attribute.LogicalName,
    kind: isChoices ? 'choices' : 'plain',
    way: null,
  };
}

/**
 * A lookup to one table is one field. One to several is a field that gives the id, and one for each table that has the id
 * where it leads there: by these it is written, since an id alone does not say of which table it is.
 */
function lookupWires(scope: Scope, attribute: WireAttribute): Wire[] {
  const { LogicalName: name, Targets: targets } = attribute;
  const property = `_${name}_value`;
  const field = { ...fieldOf(scope, attribute), key: isKey(scope, name), personal: false };
  const known = (targets ?? []).flatMap((target) => scope.tables.byName.get(target) ?? []);
  const [only] = known;
  if (known.length === 1 && only && targets?.length === 1) {
    const navigation = wayOf(scope, name, only.name) ?? name;
    return [
      {
        field: { ...field, references: referenceTo(only, navigation) },
        property,
        kind: 'lookup',
        way: { navigation, target: only, bind: navigation, isOneOfSeveral: false },
      },
    ];
  }
  const readOnly = { ...field, createable: false, updateable: false, required: false };
  return [
    { field: readOnly, property, kind: 'lookup', way: null },
    ...known.map((target) => oneOfSeveral(scope, attribute, field, target)),
  ];
}

function oneOfSeveral(scope: Scope, { LogicalName: name }: WireAttribute, field: RemoteField, target: TableName): Wire {
  // An owner is reached by one way, whatever it is, and cannot be followed by it.
  const own = wayOf(scope, name, target.name);
  const label = scope.tables.objects.find((object) => object.name === target.name)?.label ?? target.name;
  const references = referenceTo(target, own ?? `${name}_${target.name}`);
  return {
    field: {
      ...field,
      name: `${name}_${target.name}`,
      label: `${field.label} (${label})`,
      references,
      required: false,
      nullable: true,
      key: false,
    },
    property: `_${name}_value`,
    kind: 'lookup',
    way: { navigation: own, target, bind: own ?? name, isOneOfSeveral: true },
  };
}

const referenceTo = ({ name, primaryName }: TableName, path: string): NonNullable<RemoteField['references']> => ({
  objects: [name],
  path,
  ...(primaryName === null ? {} : { nameField: primaryName }),
});

function wayOf({ entity }: Scope, column: string, target: string): string | null {
  const ways = entity.ManyToOneRelationships ?? [];
  return (
    ways.find((way) => way.ReferencingAttribute === column && way.ReferencedEntity === target)
      ?.ReferencingEntityNavigationPropertyName ?? null
  );
}

/** By which alone a record is found: not one of several columns of a key, and no key that was never built. */
const isKey = ({ entity }: Scope, name: string): boolean =>
  (entity.Keys ?? []).some(
    ({ KeyAttributes: [first, ...more], EntityKeyIndexStatus: status }) =>
      status === 'Active' && first === name && more.length === 0,
  );

/** Given by the environment where the client says nothing. */
const defaulted = new Set(['Owner', 'State', 'Status']);
const personalNames =
  /^(first|last|middle|full|nick)name$|address\d?_(line|postal|telephone|latitude|longitude)|birth|salutation/;

/** Of money the digits are often those of its currency. */
const scaleOf = (remoteType: string, { Precision: scale }: WireAttribute): Pick<RemoteField, 'scale'> =>
  (remoteType === 'Decimal' || remoteType === 'Double') && typeof scale === 'number' ? { scale } : {};

function fieldOf(scope: Scope, attribute: WireAttribute): RemoteField {
  const { LogicalName: name, MaxLength: length, RequiredLevel: level, DateTimeBehavior: behavior } = attribute;
  const remoteType = typeOf(attribute);
  const format = attribute.FormatName?.Value ?? '';
  const isDemanded = level?.Value === 'SystemRequired';
  const options = scope.options.get(name) ?? [];
  const key = isKey(scope, name);
  return {
    name,
    label: labelOf(attribute.DisplayName, name),
    remoteType: remoteType === 'MultiSelectPicklist' ? 'multipicklist' : remoteType.toLowerCase(),
    type: behavior?.Value === 'DateOnly' ? 'date' : (columnTypes[remoteType] ?? 'text'),
    nullable: !isDemanded,
    filterable: attribute.IsFilterable !== false && remoteType !== 'MultiSelectPicklist',
    sortable: remoteType !== 'MultiSelectPicklist' && remoteType !== 'Memo',
    createable: attribute.IsValidForCreate,
    updateable: attribute.IsValidForUpdate,
    calculated: (attribute.SourceType ?? 0) > 0,
    ...(length ? { length } : {}),
    ...scaleOf(remoteType, attribute),
    ...(behavior?.Value === 'TimeZoneIndependent' ? { wallClock: true } : {}),
    ...(options.length > 0 ? { values: options } : {}),
    required: isDemanded && attribute.IsValidForCreate && !defaulted.has(remoteType),
    key,
    ...(key ? { unique: true } : {}),
    identifying: key || format === 'Email',
    personal: format === 'Email' || format === 'Phone' || personalNames.test(name),
  };
}
