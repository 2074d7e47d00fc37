import { parseInstant } from '../clock.ts';
import { normaliseId } from '../ids.ts';
import type { Value } from '../objects/field.ts';
import type { Org } from '../org.ts';
import { EARLIEST_STAMP } from '../store/stampOrder.ts';
import type { Table } from '../store/table.ts';
import { coerce } from '../writes/coerce.ts';
import { readyToDelete, readyToWrite } from '../writes/ready.ts';
import { Writer } from '../writes/writer.ts';
import { ControlError } from './rules.ts';

/** A change that a person of the organisation makes. */
export interface RecordChange {
  operation: 'create' | 'update' | 'delete' | 'undelete';
  object: string;
  id?: string;
  externalId?: string;
  values?: Record<string, unknown>;
  /** Commits with this stamp, as a transaction does that began long ago. */
  late?: { stamp: string };
  /** The system makes it: only SystemModstamp moves. */
  system?: boolean;
  /** Stores text as it is: not trimmed, not validated. */
  unchecked?: boolean;
}

/** Makes the changes one after another, and returns the ids of their records. */
export async function changeRecords(org: Org, changes: readonly RecordChange[]): Promise<string[]> {
  const ids: string[] = [];
  for (const change of changes) ids.push(await changeRecord(org, change));
  return ids;
}

async function changeRecord(org: Org, change: RecordChange): Promise<string> {
  const table = org.table(change.object ?? '');
  if (table === undefined)
    throw new ControlError(`object must be one of ${org.tables.map(({ name }) => name).join(', ')}`);
  await readyToWrite(org, table, [change.values ?? {}]);
  const writer = new Writer(org, org.userId, { stamp: stampOf(change), system: change.system ?? false });
  if (change.operation === 'create') return table.idOf(create(writer, table, change));
  const row = await findRow(table, change);
  await apply(org, writer, table, row, change);
  return table.idOf(row);
}

async function apply(org: Org, writer: Writer, table: Table, row: number, change: RecordChange): Promise<void> {
  switch (change.operation) {
    case 'update':
      if (change.unchecked) writer.set(table, row, asTheyAre(table, change));
      else writer.update(table, row, change.values ?? {});
      return;
    case 'delete':
      await readyToDelete(org);
      writer.remove(table, row);
      return;
    case 'undelete':
      writer.restore(table, row);
      return;
    default:
      throw new ControlError('operation must be create, update, delete or undelete');
  }
}

function create(writer: Writer, table: Table, change: RecordChange): number {
  return change.unchecked ? writer.insert(table, asTheyAre(table, change)) : writer.create(table, change.values ?? {});
}

function asTheyAre(table: Table, { values }: RecordChange): Record<string, Value> {
  const entries = Object.entries(values ?? {}).map(([name, value]) => {
    const field = table.field(name);
    if (field === undefined) throw new ControlError(`${table.name} has no field ${name}`);
    return [field.name, typeof value === 'string' && field.type !== 'datetime' ? value : coerce(field, value)];
  });
  return Object.fromEntries(entries);
}

function stampOf({ late }: RecordChange): number | undefined {
  if (late === undefined) return undefined;
  const stamp = Math.floor(parseInstant(String(late.stamp)) / 1000);
  if (stamp < EARLIEST_STAMP) throw new ControlError('late.stamp must not be before 2010');
  return stamp;
}

async function findRow(table: Table, { id, externalId }: RecordChange): Promise<number> {
  if (id !== undefined) {
    const normal = normaliseId(id);
    const row = normal === null ? -1 : table.rowOf(normal);
    if (row >= 0) return row;
  }
  const field = table.field('External_Id__c');
  const index = field && table.index(field);
  await index?.ready();
  const row = externalId === undefined ? undefined : index?.find(externalId)[0];
  if (row === undefined) throw new ControlError(`no record of ${table.name} has this id or externalId`);
  return row;
}
