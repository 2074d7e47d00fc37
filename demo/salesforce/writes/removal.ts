import { RecordError } from '../errors.ts';
import type { Field, Value } from '../objects/field.ts';
import type { Org } from '../org.ts';
import type { Table, Written } from '../store/table.ts';

/** What removing needs of the writer that it is done by. */
interface Writing {
  readonly org: Org;
  write(table: Table, row: number, values: Record<string, Value>, change: Partial<Written>, system?: boolean): void;
  replace(table: Table, row: number, next: Written): void;
}

/** Records of another object that refer to a record by one field. */
interface Children {
  table: Table;
  field: Field;
  rows: number[];
}

/** The children of a record, by object and field. `isWanted` chooses among them; empty groups are left out. */
function childrenOf(
  writer: Writing,
  parent: Table,
  row: number,
  isWanted: (child: Table, row: number) => boolean,
): Children[] {
  return writer.org.referencesTo(parent.name).flatMap(({ table, field }) => {
    const rows = table
      .index(field)!
      .find(parent.idOf(row))
      .filter((found) => isWanted(table, found));
    return rows.length === 0 ? [] : [{ table, field, rows }];
  });
}

const isLive = (child: Table, row: number): boolean => child.isVisible(row, false);

/** Moves a record to the recycle bin, with the children that go with it. */
export function removeRow(writer: Writing, table: Table, row: number): void {
  removeOne(writer, table, row, writer.org.nextRemoval());
}

function removeOne(writer: Writing, table: Table, row: number, removal: number): void {
  if (table.isDeleted(row)) throw RecordError.of('ENTITY_IS_DELETED', 'entity is deleted');
  for (const children of childrenOf(writer, table, row, isLive)) {
    const { field, table: child, rows } = children;
    if (field.onParentDelete === 'restrict') throw deleteFailed(table, row, children);
    for (const found of rows) {
      if (field.onParentDelete === 'clear') writer.write(child, found, { [field.name]: null }, {}, true);
      // A record can hang on the same parent by two fields, and is gone after the first.
      else if (isLive(child, found)) removeOne(writer, child, found, removal);
    }
  }
  writer.write(table, row, {}, { deleted: true, removal });
}

export function restoreRow(writer: Writing, table: Table, row: number): void {
  if (!table.isDeleted(row)) throw RecordError.of('UNDELETE_FAILED', 'Entity is not in the recycle bin');
  const removal = table.current(row)?.removal;
  const master: Record<string, Value> = table.field('MasterRecordId') === undefined ? {} : { MasterRecordId: null };
  writer.write(table, row, master, { deleted: false, removal: undefined });
  if (removal === undefined) return;
  const wentAlong = (child: Table, found: number): boolean =>
    child.isVisible(found, true) && child.isDeleted(found) && child.current(found)?.removal === removal;
  for (const { table: child, rows } of childrenOf(writer, table, row, wentAlong)) {
    for (const found of rows) if (child.isDeleted(found)) restoreRow(writer, child, found);
  }
}

export function eraseRow(writer: Writing, table: Table, row: number): void {
  if (!table.isDeleted(row)) removeRow(writer, table, row);
  const values = table.current(row)?.values ?? {};
  writer.replace(table, row, { values, stamp: table.stamp(row), deleted: true, gone: true });
}

export function mergeRows(writer: Writing, table: Table, master: number, losers: readonly number[]): void {
  if (table.field('MasterRecordId') === undefined)
    throw RecordError.of('INVALID_OPERATION', `entity type ${table.name} cannot be merged`);
  if (losers.length < 1 || losers.length > 2 || losers.includes(master))
    throw RecordError.of('INVALID_NUMBER_OF_RECORDS', 'one or two other records can be merged into a master');
  if ([master, ...losers].some((row) => table.isDeleted(row)))
    throw RecordError.of('ENTITY_IS_DELETED', 'entity is deleted');
  const masterId = table.idOf(master);
  for (const loser of losers) {
    for (const { table: child, field, rows } of childrenOf(writer, table, loser, isLive)) {
      for (const found of rows) writer.write(child, found, { [field.name]: masterId }, {}, true);
    }
    writer.write(table, loser, { MasterRecordId: masterId }, { deleted: true, removal: writer.org.nextRemoval() });
  }
  writer.write(table, master, {}, {});
}

function deleteFailed(table: Table, row: number, { table: child, rows }: Children): RecordError {
  const nameField = (of: Table): string => of.definition.fields.find((field) => field.nameField)?.name ?? 'Id';
  const names = rows.slice(0, 10).map((found) => child.read(nameField(child), found));
  const message =
    `Your attempt to delete ${table.read(nameField(table), row)} could not be completed because it is associated ` +
    `with the following ${child.definition.labelPlural.toLowerCase()}.: ${names.join(', ')}\n`;
  return RecordError.of('DELETE_FAILED', message);
}
