import { parseInstant } from '../../kit/clock.ts';
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
  operation: 'create' | 'update' | 'delete' | 'undelete' | 'hardDelete' | 'merge' | 'touch';
  object: string;
  id?: string;
  externalId?: string;
  values?: Record<string, unknown>;
  /** The records that are merged into this one. */
  losers?: string[];
  /** How many live records are touched, the first ones: all get one SystemModstamp. */
  count?: number;
  /** Commits with this stamp, as a transaction does that began long ago. */
  late?: { stamp: string };
  /** The system makes it: only SystemModstamp moves. */
  system?: boolean;
  /** Stores text as it is: not trimmed, not validated. */
  unchecked?: boolean;
}

/** A change whose record was found and whose indexes are there. */
export interface Prepared {
  change: RecordChange;
  table: Table;
  /** Null for a record that is to be made. */
  row: number | null;
  losers: number[];
  options: { stamp: number; system: boolean };
}

/** Makes the changes one after another with one stamp, and returns the ids of their records. */
export async function changeRecords(org: Org, changes: readonly RecordChange[]): Promise<string[]> {
  const ids: string[] = [];
  const stamp = org.clock.seconds();
  for (const change of changes.flatMap((given) => expandTouch(org, given))) {
    const prepared = await prepareChange(org, change, stamp);
    const writer = new Writer(org, org.userId, prepared.options);
    ids.push(prepared.table.idOf(makeChange(writer, prepared)));
  }
  return ids;
}

/** Finds what the changes are about. Throws ControlError for what makes no sense. */
export async function prepareChanges(org: Org, changes: readonly RecordChange[]): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  const stamp = org.clock.seconds();
  for (const change of changes.flatMap((given) => expandTouch(org, given)))
    prepared.push(await prepareChange(org, change, stamp));
  return prepared;
}

/** A touch of many records is an update of each by the system. */
function expandTouch(org: Org, change: RecordChange): RecordChange[] {
  if (change.operation !== 'touch') return [change];
  const table = tableOf(org, change);
  if (!Number.isInteger(change.count) || change.count! < 1)
    throw new ControlError('count must be a whole number from 1 on');
  const rows = table.gatherById(0, table.rows - 1, false, change.count!);
  return [...rows].map((row) => ({ ...change, operation: 'update', id: table.idOf(row), system: true }));
}

async function prepareChange(org: Org, change: RecordChange, now: number): Promise<Prepared> {
  const table = tableOf(org, change);
  if (!Object.hasOwn(CHANGES, change.operation) && change.operation !== 'create')
    throw new ControlError(`operation must be create, touch, ${Object.keys(CHANGES).join(', ')}`);
  await readyToWrite(org, table, [change.values ?? {}]);
  if (!['create', 'update'].includes(change.operation)) await readyToDelete(org);
  const row = change.operation === 'create' ? null : await findRow(table, change);
  const losers = [];
  for (const id of change.losers ?? []) losers.push(await findRow(table, { id }));
  return { change, table, row, losers, options: { stamp: stampOf(change) ?? now, system: change.system ?? false } };
}

function tableOf(org: Org, { object }: RecordChange): Table {
  const table = org.table(object ?? '');
  if (table !== undefined) return table;
  throw new ControlError(`object must be one of ${org.tables.map(({ name }) => name).join(', ')}`);
}

type Change = (writer: Writer, prepared: Prepared, row: number) => void;

/** What can be done to a record that is there. */
const CHANGES: Record<Exclude<RecordChange['operation'], 'create' | 'touch'>, Change> = {
  update: (writer, { table, change }, row) =>
    change.unchecked
      ? writer.set(table, row, asTheyAre(table, change))
      : writer.update(table, row, change.values ?? {}),
  delete: (writer, { table }, row) => writer.remove(table, row),
  undelete: (writer, { table }, row) => writer.restore(table, row),
  hardDelete: (writer, { table }, row) => writer.erase(table, row),
  merge: (writer, { table, losers }, row) => writer.merge(table, row, losers),
};

/** Makes a change, and returns the row of its record. */
export function makeChange(writer: Writer, prepared: Prepared): number {
  const { table, row, change } = prepared;
  if (row === null)
    return change.unchecked
      ? writer.insert(table, asTheyAre(table, change))
      : writer.create(table, change.values ?? {});
  CHANGES[change.operation as keyof typeof CHANGES](writer, prepared, row);
  return row;
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

async function findRow(table: Table, { id, externalId }: Pick<RecordChange, 'id' | 'externalId'>): Promise<number> {
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
