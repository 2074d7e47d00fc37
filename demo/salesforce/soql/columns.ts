import type { Field, Value } from '../objects/field.ts';
import type { Table } from '../store/table.ts';
import type { Path, Query } from './ast.ts';
import { type Context, invalidField } from './context.ts';
import { soqlError } from './errors.ts';
import { checkFilter } from './filterNeeded.ts';

const HELP =
  "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
  'Please reference your WSDL or the describe call for the appropriate names.';
const RELATIONSHIP_HELP =
  "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. " +
  'Please reference your WSDL or the describe call for the appropriate names.';
const OBJECT_HELP =
  "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. " +
  'Please reference your WSDL or the describe call for the appropriate names.';
const DEEPEST = 5;

/** A field as a query names it: of the queried object itself, or of a parent reached through references. */
export interface Column {
  table: Table;
  field: Field;
  /** The references that lead to the parent, in order. */
  through: Field[];
  at: number;
  read: (row: number) => Value;
}

/** The object after FROM. Throws INVALID_TYPE, and MALFORMED_QUERY where the object needs a filter that is missing. */
export function findObject(context: Context, query: Query): Table {
  const name = query.object.parts.join('.');
  const table = context.org.table(name);
  if (table !== undefined) {
    checkFilter(table, query);
    return table;
  }
  throw soqlError(
    context.text,
    query.object.at,
    'INVALID_TYPE',
    `sObject type '${name}' is not supported. ${OBJECT_HELP}`,
  );
}

/** The column a path names. Throws INVALID_FIELD for what the object does not have. */
export function findColumn(context: Context, root: Table, alias: string | null, path: Path): Column {
  const parts = withoutPrefix(root, alias, path.parts);
  const through: Field[] = [];
  let table = root;
  for (const part of parts.slice(0, -1)) {
    const reference = relationship(table, part);
    if (reference === undefined || through.length === DEEPEST) throw unknownRelationship(context, path, part);
    through.push(reference);
    table = context.org.table(reference.referenceTo!)!;
  }
  const field = table.field(parts.at(-1)!);
  if (field === undefined) throw unknownField(context, path, parts.at(-1)!, table);
  return { table, field, through, at: path.at, read: readerThrough(context, root, through, field) };
}

/** A name may begin with the object's alias or, where that is no relationship, with the object's name. */
function withoutPrefix(root: Table, alias: string | null, parts: string[]): string[] {
  if (parts.length < 2) return parts;
  const first = parts[0]!.toLowerCase();
  const isAlias = first === alias?.toLowerCase();
  const isObject = first === root.name.toLowerCase() && relationship(root, first) === undefined;
  return isAlias || isObject ? parts.slice(1) : parts;
}

function relationship(table: Table, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return table.definition.fields.find((field) => field.relationshipName?.toLowerCase() === wanted);
}

/** Reads the field of the parent; null where there is none. */
function readerThrough(context: Context, root: Table, through: Field[], field: Field): (row: number) => Value {
  const [reference, ...rest] = through;
  if (reference === undefined) return root.reader(field);
  const parent = context.org.table(reference.referenceTo!)!;
  const parentRow = parentRowOf(root, reference, parent);
  const read = readerThrough(context, parent, rest, field);
  return (row) => {
    const found = parentRow(row);
    return found < 0 ? null : read(found);
  };
}

/** The row a reference points at, or -1. */
export function parentRowOf(child: Table, reference: Field, parent: Table): (row: number) => number {
  const readId = child.reader(reference);
  return (row) => {
    const id = readId(row);
    return typeof id === 'string' ? parent.rowOf(id) : -1;
  };
}

function unknownField(context: Context, path: Path, name: string, table: Table) {
  return invalidField(context, path.at, `No such column '${name}' on entity '${table.name}'. ${HELP}`);
}

function unknownRelationship(context: Context, path: Path, name: string) {
  return invalidField(context, path.at, `Didn't understand relationship '${name}' in field path. ${RELATIONSHIP_HELP}`);
}
