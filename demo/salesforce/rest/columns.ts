import type { Field, FieldType } from '../objects/field.ts';
import { json, type Reply } from '../reply.ts';
import type { Query, SelectItem } from '../soql/ast.ts';
import { findColumn } from '../soql/columns.ts';
import type { Context } from '../soql/context.ts';
import type { Table } from '../store/table.ts';

/** What `columns=true` tells of one column of a query; the columns of a parent stand within it. */
interface ColumnMetadata {
  aggregate: boolean;
  apexType: string | null;
  booleanType: boolean;
  columnName: string;
  custom: boolean;
  displayName: string;
  foreignKeyName: string | null;
  insertable: boolean;
  joinColumns: ColumnMetadata[];
  numberType: boolean;
  textType: boolean;
  updatable: boolean;
}

const APEX_TYPES: Record<FieldType, string> = {
  id: 'Id',
  reference: 'Id',
  string: 'String',
  textarea: 'String',
  phone: 'String',
  url: 'String',
  picklist: 'String',
  multipicklist: 'String',
  time: 'Time',
  email: 'String',
  boolean: 'Boolean',
  int: 'Integer',
  double: 'Decimal',
  currency: 'Decimal',
  percent: 'Decimal',
  date: 'Date',
  datetime: 'Datetime',
  address: 'complexvaluetype',
  anyType: 'Object',
};

/** The answer to a query with `columns=true`: what its columns are, and no records. */
export function describeColumns(context: Context, table: Table, query: Query): Reply {
  const columns: ColumnMetadata[] = [];
  query.select.forEach((item, i) => {
    addItem(columns, context, table, query, item, i);
  });
  return json({
    columnMetadata: columns,
    entityName: table.name,
    groupBy: false,
    idSelected: columns.some(({ columnName }) => columnName === 'Id'),
    keyPrefix: table.definition.prefix,
  });
}

function addItem(
  columns: ColumnMetadata[],
  context: Context,
  table: Table,
  query: Query,
  item: SelectItem,
  place: number,
): void {
  if (item.kind === 'fields') {
    const wanted = table.definition.fields.filter(
      ({ custom }) => item.group === 'ALL' || custom === (item.group === 'CUSTOM'),
    );
    columns.push(...wanted.map(ofField));
    return;
  }
  const { through, field } = findColumn(context, table, query.alias, item.path);
  if (item.kind === 'count') columns.push(ofCount(field, item.alias, place));
  else through.reduce(parentColumns, columns).push(ofField(field));
}

function parentColumns(columns: ColumnMetadata[], reference: Field): ColumnMetadata[] {
  const columnName = reference.relationshipName!;
  const known = columns.find((column) => column.columnName === columnName && column.foreignKeyName !== null);
  if (known !== undefined) return known.joinColumns;
  const made = { ...plain(columnName), apexType: reference.referenceTo, foreignKeyName: reference.name };
  columns.push(made);
  return made.joinColumns;
}

function ofField(field: Field): ColumnMetadata {
  const apexType = APEX_TYPES[field.type];
  return {
    ...plain(field.name),
    apexType,
    booleanType: apexType === 'Boolean',
    custom: field.custom,
    insertable: field.createable,
    numberType: apexType === 'Integer' || apexType === 'Decimal',
    textType: apexType === 'String',
    updatable: field.updateable,
  };
}

function ofCount(field: Field, alias: string | null, place: number): ColumnMetadata {
  const columnName = alias ?? `expr${place}`;
  const displayName = alias ?? `count(${field.name})`;
  return { ...plain(columnName), displayName, aggregate: true, apexType: 'Integer', numberType: true };
}

function plain(columnName: string): ColumnMetadata {
  return {
    aggregate: false,
    apexType: null,
    booleanType: false,
    columnName,
    custom: columnName.endsWith('__r'),
    displayName: columnName,
    foreignKeyName: null,
    insertable: false,
    joinColumns: [],
    numberType: false,
    textType: false,
    updatable: false,
  };
}
