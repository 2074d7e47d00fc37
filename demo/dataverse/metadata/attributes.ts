import type { Column, Option } from '../tables/column.ts';
import type { TableDefinition } from '../tables/table.ts';
import { label, managed, metadataId } from './labels.ts';

type Json = Record<string, unknown>;

export const CRM = 'Microsoft.Dynamics.CRM.';

/** A column as metadata describes it, with all that the casts to its own type show. */
export function attributeOf(table: TableDefinition, column: Column): Json {
  const own = OWN[column.type]?.(table, column) ?? {};
  return {
    '@odata.type': `#${CRM}${column.type === 'Customer' || column.type === 'Owner' ? 'Lookup' : metadataType(column)}AttributeMetadata`,
    MetadataId: metadataId(`${table.name}.${column.name}`),
    LogicalName: column.name,
    SchemaName: column.schemaName,
    EntityLogicalName: table.name,
    AttributeType: attributeType(column),
    AttributeTypeName: { Value: `${metadataType(column)}Type` },
    AttributeOf: null,
    DisplayName: label(column.label),
    Description: label(''),
    IsPrimaryId: column.name === table.primaryId,
    IsPrimaryName: column.name === table.primaryName,
    IsValidForRead: true,
    IsValidForCreate: column.create && table.writable,
    IsValidForUpdate: column.update && table.writable,
    IsValidForAdvancedFind: managed(true, 'canmodifysearchsettings'),
    IsValidODataAttribute: true,
    IsFilterable: true,
    IsSearchable: true,
    IsRetrievable: true,
    IsCustomAttribute: column.name.startsWith('new_'),
    IsLogical: false,
    RequiredLevel: {
      Value: column.required,
      CanBeChanged: false,
      ManagedPropertyLogicalName: 'canmodifyrequirementlevelsettings',
    },
    SourceType: column.calculated ? 1 : 0,
    ...own,
  };
}

const attributeType = ({ type }: Column): string => (type === 'MultiSelectPicklist' ? 'Virtual' : type);
const metadataType = ({ type, name }: Column): string => {
  if (name === 'statecode') return 'State';
  return type === 'Uniqueidentifier' ? 'UniqueIdentifier' : type;
};

const OWN: Partial<Record<Column['type'], (table: TableDefinition, column: Column) => Json>> = {
  String: (_table, column) => texts(column),
  Memo: (_table, column) => texts(column),
  Integer: (_table, { min, max }) => ({ MinValue: min, MaxValue: max, Format: 'None' }),
  BigInt: () => ({ MinValue: -(2 ** 63), MaxValue: 2 ** 63 }),
  Decimal: (_table, column) => numbers(column),
  Double: (_table, column) => numbers(column),
  Money: (_table, column) => ({ ...numbers(column), PrecisionSource: 2 }),
  Boolean: (table, column) => ({ OptionSet: booleanSet(table, column), GlobalOptionSet: null, DefaultValue: false }),
  DateTime: (_table, { format, behavior }) => ({ Format: format, DateTimeBehavior: { Value: behavior } }),
  Picklist: choices,
  MultiSelectPicklist: choices,
  State: choices,
  Status: choices,
  Lookup: (_table, { targets }) => ({ Targets: targets }),
  Customer: (_table, { targets }) => ({ Targets: targets }),
  Owner: (_table, { targets }) => ({ Targets: targets }),
};

const texts = ({ maxLength, format }: Column): Json => ({
  MaxLength: maxLength,
  DatabaseLength: (maxLength ?? 0) * 2,
  Format: format,
  FormatName: { Value: format },
});

const numbers = ({ precision, min, max }: Column): Json => ({ Precision: precision, MinValue: min, MaxValue: max });

function choices(table: TableDefinition, column: Column): Json {
  const set = optionSet(table, column);
  return column.globalOptions === undefined
    ? { OptionSet: set, GlobalOptionSet: null, DefaultFormValue: -1 }
    : { OptionSet: set, GlobalOptionSet: set, DefaultFormValue: -1 };
}

/** The options of a column. */
export function optionSet({ name }: TableDefinition, column: Column): Json {
  return {
    MetadataId: metadataId(`options ${column.globalOptions ?? `${name}.${column.name}`}`),
    Name: column.globalOptions ?? `${name}_${column.name}`,
    IsGlobal: column.globalOptions !== undefined,
    IsCustomOptionSet: column.name.startsWith('new_'),
    OptionSetType: column.type === 'State' || column.type === 'Status' ? column.type : 'Picklist',
    DisplayName: label(column.label),
    Options: (column.options ?? []).map(optionOf),
  };
}

const optionOf = ({ value, label: text, state }: Option): Json => ({
  Value: value,
  Label: label(text),
  Description: label(''),
  Color: null,
  IsManaged: false,
  ...(state === undefined ? {} : { State: state }),
});

function booleanSet({ name }: TableDefinition, column: Column): Json {
  const [no, yes] = column.options ?? [];
  return {
    MetadataId: metadataId(`options ${name}.${column.name}`),
    Name: `${name}_${column.name}`,
    OptionSetType: 'Boolean',
    IsGlobal: false,
    FalseOption: no && optionOf(no),
    TrueOption: yes && optionOf(yes),
  };
}
