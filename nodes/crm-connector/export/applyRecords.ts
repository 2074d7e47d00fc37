/** Rows of the plan as the CRM takes them, and as it has them. */
import { createHash } from 'node:crypto';
import type { CrmClient } from '../../../contract/connector.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalJson, foldText } from '../../../contract/types.ts';
import type { JobRequest, RecordWrite, WriteOperation } from '../../../contract/write.ts';
import type { NodeContext } from '../../kit/run.ts';
import type { CrmConfig } from '../config.ts';
import type { Kind, Stage, StageRow } from './applyStages.ts';
import { isSame } from './comparison.ts';
import type { WrittenField } from './fields.ts';
import type { Ledger } from './ledger.ts';

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
  /** The field whose value is a row's stamp; null: the object has none. */
  stampField: string | null;
  /** By which the CRM can be asked for a record that has no id yet; null: there is none. */
  keyField: string | null;
}

export const operationOf = ({ stage: { kind } }: Scope): WriteOperation =>
  kind === 'create' || kind === 'add' ? 'insert' : kind;

/** Without the records: what a request and a job have in common. */
export function requestOf(scope: Scope): Omit<JobRequest, 'fields'> {
  const operation = operationOf(scope);
  const { assignmentRule } = scope.context.config.export;
  const { object, keyField } = scope.target;
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

const byId: ReadonlySet<Kind> = new Set(['update', 'delete']);

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
  const fields = fieldsOf(target, rows, named);
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

function fieldsOf({ idField, stampField }: Target, rows: readonly StageRow[], key: string | null): string[] {
  const named = rows.flatMap(({ values, before }) => [...Object.keys(values), ...Object.keys(before ?? {})]);
  const own = [idField, ...(stampField === null ? [] : [stampField]), ...(key === null ? [] : [key])];
  return [...new Set([...own, ...named])];
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
  { fields }: Target,
  record: Readonly<Record<string, Cell>>,
  values: Readonly<Record<string, Cell>>,
): boolean {
  const comparedAs = (name: string): Parameters<typeof isSame>[0] => {
    const sent = fields.find(({ sentAs }) => sentAs === name);
    // The value of a lookup is the related record's key, of a type that the mapping knows.
    if (sent?.mapped.lookup) return { type: sent.mapped.type, remoteType: '' };
    return (sent ?? fields.find(({ remote }) => remote.name === name))?.remote ?? { type: 'text', remoteType: '' };
  };
  return Object.entries(values).every(([name, value]) => isSame(comparedAs(name), record[name] ?? null, value));
}
