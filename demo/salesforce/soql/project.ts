import type { Field } from '../objects/field.ts';
import type { Org } from '../org.ts';
import type { Table } from '../store/table.ts';
import type { Query } from './ast.ts';
import { type Column, findColumn, parentRowOf } from './columns.ts';
import { type Context, invalidField } from './context.ts';
import type { Projection } from './cursors.ts';
import { encoderOf } from './encode.ts';
import { malformed } from './errors.ts';

/** Fields of one object, and of the parents its references lead to, in the order they were asked for. */
interface Shape {
  table: Table;
  members: Map<string, { field: Field; parent: Shape | null }>;
}

const GREATEST_FIELDS_LIMIT = 200;

/** Prepares everything about the SELECT list that does not depend on the row. */
export function project(context: Context, table: Table, query: Query, dataPath: string): Projection {
  const shape: Shape = { table, members: new Map() };
  for (const item of query.select) {
    if (item.kind === 'fields') addGroup(context, shape, query, item);
    else if (item.kind === 'field') addColumn(context, shape, findColumn(context, table, query.alias, item.path));
    else
      throw malformed(
        query.text,
        item.path.at,
        'COUNT(field) beside other fields needs GROUP BY, which this demo organisation does not support',
      );
  }
  return compile(context.org, shape, dataPath);
}

/** Writes the given fields of one object. */
export function projectFields(org: Org, table: Table, fields: readonly Field[], dataPath: string): Projection {
  const members = new Map(fields.map((field) => [field.name, { field, parent: null }]));
  return compile(org, { table, members }, dataPath);
}

function addGroup(context: Context, shape: Shape, query: Query, item: { group: string; at: number }): void {
  if (item.group !== 'STANDARD' && (query.limit === null || query.limit > GREATEST_FIELDS_LIMIT)) {
    const message = `The SOQL FIELDS function must have a LIMIT of at most ${GREATEST_FIELDS_LIMIT}`;
    throw malformed(context.text, item.at, message);
  }
  for (const field of shape.table.definition.fields) {
    if (item.group === 'ALL' || field.custom === (item.group === 'CUSTOM'))
      shape.members.set(field.name, { field, parent: null });
  }
}

function addColumn(context: Context, root: Shape, column: Column): void {
  let shape = root;
  for (const reference of column.through) shape = parentShape(context, shape, reference);
  const { field } = column;
  if (shape.members.has(field.name)) throw invalidField(context, column.at, `duplicate field selected: ${field.name}`);
  shape.members.set(field.name, { field, parent: null });
}

function parentShape(context: Context, shape: Shape, reference: Field): Shape {
  const name = reference.relationshipName!;
  const known = shape.members.get(name)?.parent;
  if (known) return known;
  const parent: Shape = { table: context.org.table(reference.referenceTo!)!, members: new Map() };
  shape.members.set(name, { field: reference, parent });
  return parent;
}

function compile(org: Org, { table, members }: Shape, dataPath: string): Projection {
  const head = `{"attributes":{"type":"${table.name}","url":"${dataPath}/sobjects/${table.name}/`;
  const writers = [...members].map(([name, { field, parent }]) => {
    const label = `,"${name}":`;
    const write = parent === null ? fieldWriter(table, field) : parentWriter(org, table, field, parent, dataPath);
    return (row: number) => label + write(row);
  });
  return (row) => {
    let text = `${head + table.idOf(row)}"}`;
    for (const write of writers) text += write(row);
    return `${text}}`;
  };
}

function fieldWriter(table: Table, field: Field): Projection {
  const read = table.reader(field);
  const encode = encoderOf(field.type);
  return (row) => encode(read(row));
}

function parentWriter(org: Org, child: Table, reference: Field, shape: Shape, dataPath: string): Projection {
  const parentRow = parentRowOf(child, reference, shape.table);
  const write = compile(org, shape, dataPath);
  return (row) => {
    const found = parentRow(row);
    return found < 0 ? 'null' : write(found);
  };
}
