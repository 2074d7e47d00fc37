/** Rows of the plan as the CRM takes them, and as it has them. */
import { createHash } from 'node:crypto';
import type { CrmClient } from '../../../contract/connector.ts';
import type { RemoteMove } from '../../../contract/recordTrail.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalJson, foldText } from '../../../contract/types.ts';
import type { JobRequest, RecordResult, RecordWrite, SendLimit, WriteOperation } from '../../../contract/write.ts';
import type { NodeContext } from '../../kit/run.ts';
import type { CrmConfig } from '../config.ts';
import type { Kind, Stage, StageRow } from './applyStages.ts';
import type { FindChildren } from './children.ts';
import { isSame } from './comparison.ts';
import type { WrittenField } from './fields.ts';
import type { Ledger } from './ledger.ts';
import { movedFields } from './moved.ts';

/** What every step of an export works with. */
export interface Scope {
  context: NodeContext<CrmConfig>;
  client: CrmClient;
  ledger: Ledger;
  stage: Stage;
  target: Target;
}

export interface Target {
  object: string;
  idField: string;
  fields: readonly WrittenField[];
  /** The field whose value has to be newer than what the record holds; null: none. */
  newer: WrittenField | null;
  /** How a record says that another has taken its place. */
  moved: RemoteMove | undefined;
  follows: boolean;
  /** The field whose value is a row's stamp; null: the object has none. */
  stampField: string | null;
  /** By which the CRM can be asked for a record that has no id yet; null: there is none. */
  keyField: string | null;
  /** The CRM's own rule that gives new records their owner; empty: none. */
  assignmentRule: string;
  /** Only what nothing belongs to is deleted, as far as it can be asked; left out: what belongs to a record goes with it. */
  findChildren?: FindChildren;
}

export const operationOf = ({ stage: { kind } }: Scope): WriteOperation | 'undelete' =>
  kind === 'create' || kind === 'add' ? 'insert' : kind;

/** Without the records: what a request and a job have in common. */
function requestOf(scope: Scope): Omit<JobRequest, 'fields'> {
  const operation = operationOf(scope);
  if (operation === 'undelete') throw new Error('What is brought back has no request with values');
  const { object, keyField, assignmentRule } = scope.target;
  return {
    object,
    operation,
    ...(operation === 'upsert' && keyField !== null ? { keyField } : {}),
    ...(assignmentRule === '' ? {} : { assignmentRule }),
  };
}

/** Every record of a job has the same fields. */
export function jobOf(scope: Scope): JobRequest {
  const request = requestOf(scope);
  const { idField, keyField, fields } = scope.target;
  const { operation } = request;
  const isNew = operation === 'insert' || operation === 'upsert';
  const sent = fields.filter(({ creates, updates, sentAs }) => (isNew ? creates : updates && sentAs !== keyField));
  const own = operation === 'delete' ? [] : sent.map(({ sentAs }) => sentAs);
  return { ...request, fields: isNew ? own : [idField, ...own] };
}

const byId: ReadonlySet<Kind> = new Set(['update', 'delete', 'undelete']);

/** A new record has an id of its row's, where the CRM takes one: sent again, it is not made again. */
export function recordOf(
  scope: Pick<Scope, 'client' | 'context' | 'stage'>,
  { id, row, values }: StageRow,
): RecordWrite {
  const { client, context, stage } = scope;
  const { kind } = stage;
  if (kind === 'create' || kind === 'add')
    return { id: client.writer.newId?.(`${context.task.id} ${row}`) ?? null, values };
  return { id: byId.has(kind) ? id : null, values: kind === 'delete' ? {} : values };
}

/** One request. Rejects as the writer does. */
export function sendRecords(
  scope: Scope,
  { records, apart }: { records: readonly RecordWrite[]; apart: boolean },
  limit: SendLimit,
): Promise<RecordResult[]> {
  const { writer } = scope.client;
  if (scope.stage.kind !== 'undelete')
    return writer.write({ ...requestOf(scope), records, ...(apart ? { apart } : {}) }, limit);
  if (!writer.undelete) throw new Error('A plan brings records back where the outside system cannot');
  return bringBack(scope, writer.undelete, records, limit);
}

/**
 * In every other round from behind: records may refer to one another in either order, and one only comes back behind that to which
 * it refers. Each round would bring back one link of a chain otherwise.
 */
async function bringBack(
  { stage, target, client: { writer } }: Scope,
  undelete: NonNullable<Scope['client']['writer']['undelete']>,
  records: readonly RecordWrite[],
  limit: SendLimit,
): Promise<RecordResult[]> {
  if (stage.round % 2 === 1) return undelete.call(writer, target.object, records, limit);
  return (await undelete.call(writer, target.object, records.toReversed(), limit)).toReversed();
}

export function hashOf(records: readonly RecordWrite[]): string {
  const hash = createHash('sha256');
  for (const { id, values } of records) hash.update(canonicalJson([id, values]));
  return hash.digest('base64url');
}

/** What the CRM holds now for a row. */
export type Found =
  | { state: 'absent' }
  | { state: 'several' }
  | { state: 'found'; id: string; values: Record<string, Cell> };

const absent: Found = { state: 'absent' };

/** Fields of the records that rows are about, found by id or by key; only asked for what has either. By `at`. */
export async function findRecords(scope: Scope, rows: readonly StageRow[]): Promise<Map<number, Found>> {
  const { client, stage, target } = scope;
  const { idField, keyField, object } = target;
  const named = stage.kind === 'create' || stage.kind === 'upsert' ? keyField : null;
  const fields = fieldsOf(target, rows, { kind: stage.kind, key: named });
  const query = { object, fields };
  const keyOf = (row: StageRow): Cell => (named === null ? recordOf(scope, row).id : (row.values[named] ?? null));
  const keys = [...new Set(rows.map(keyOf))].filter((cell) => cell !== null);
  const pages = named === null ? client.readByIds(query, keys.map(String)) : client.readByKey(query, named, keys);
  const found = new Map<string, Found>();
  const keyAt = fields.indexOf(named ?? idField);
  for await (const page of pages)
    for (const cells of page.rows) addFound(found, comparable(cells[keyAt] ?? null), toRecord(fields, cells));
  return new Map(rows.map((row) => [row.at, found.get(comparable(keyOf(row))) ?? absent]));
}

function fieldsOf(
  { idField, stampField, moved }: Target,
  rows: readonly StageRow[],
  { kind, key }: { kind: Kind; key: string | null },
): string[] {
  // A deletion keeps all that the record held, and is told by the stamp whether it still does.
  const byStamp = kind === 'undelete' || (kind === 'delete' && stampField !== null);
  const named = byStamp ? [] : rows.flatMap(({ told, before }) => [...Object.keys(told), ...Object.keys(before ?? {})]);
  const own = [idField, ...(stampField === null ? [] : [stampField]), ...(key === null ? [] : [key])];
  return [...new Set([...own, ...named, ...(byStamp ? [] : movedFields(moved))])];
}

/** A CRM finds keys whatever their case. */
const comparable = (cell: Cell): string => foldText(String(cell).trim());

function toRecord(fields: readonly string[], cells: readonly Cell[]): Found & { state: 'found' } {
  const values = Object.fromEntries(fields.map((name, index) => [name, cells[index] ?? null]));
  return { state: 'found', id: String(cells[0] ?? ''), values };
}

function addFound(found: Map<string, Found>, key: string, record: Found): void {
  found.set(key, found.has(key) ? { state: 'several' } : record);
}

/** Whether the record has all these values. */
export function holds(
  { fields }: Pick<Target, 'fields'>,
  record: Readonly<Record<string, Cell>>,
  values: Readonly<Record<string, Cell>>,
): boolean {
  return differing({ fields }, record, values).length === 0;
}

/** Names of the fields in which the record has another value. */
export function differing(
  { fields }: { fields: readonly Pick<WrittenField, 'remote'>[] },
  record: Readonly<Record<string, Cell>>,
  values: Readonly<Record<string, Cell>>,
): string[] {
  const known = new Map(fields.map(({ remote }) => [remote.name, remote]));
  const names = Object.keys(values);
  return names.filter((name) => !isSame(known.get(name) ?? plainText, record[name] ?? null, values[name] ?? null));
}

const plainText = { type: 'text', remoteType: '' } as const;
