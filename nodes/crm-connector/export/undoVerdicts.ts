/** What takes one written record back, or why it is left as it is. */
import type { CrmClient, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { ExportOutcome } from '../../../contract/exports.ts';
import type { Cell } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { noReason, ownReason, rejectCells } from '../../kit/rejects.ts';
import type { TableBatch } from '../../kit/run.ts';
import { differing } from './applyRecords.ts';
import type { FindChildren } from './children.ts';
import type { Values, Verdict } from './verdict.ts';
import { namesIn } from './verdicts.ts';

interface Scope {
  client: CrmClient;
  details: RemoteObjectDetails;
  stampField: string | null;
  findChildren: FindChildren;
}

/** A record that the export has written. */
interface Undone {
  /** `_id` in the records that are undone. */
  row: number;
  id: string;
  name: string | null;
  outcome: ExportOutcome;
  /** When it was last changed, as it was read after it was written; null: it was not read. */
  stamp: string | null;
  values: Values;
  before: Values | null;
}

/** Cells of the `verdictColumns` for a batch of records with the `exportRecordColumns`, in their order. */
export async function judgeUndone(scope: Scope, { ids, rows, columns }: TableBatch): Promise<Cell[][]> {
  const undone = rows.map((cells, index) => toUndone(ids[index] ?? 0, (name) => cells[columns.indexOf(name)] ?? null));
  const live = await readLive(scope, undone);
  const kept = await readKept(
    scope,
    undone.filter(({ outcome, id }) => outcome === 'deleted' && !live.has(id)),
  );
  const children = await scope.findChildren(
    undone.filter(({ outcome, id }) => isNew(outcome) && live.has(id)).map(({ id }) => id),
  );
  return undone.map((record) => {
    const { id } = record;
    const found = { values: live.get(id) ?? null, isKept: kept.has(id), children: children.get(id) ?? null };
    const verdict = judge(scope, record, found);
    const stamp = scope.stampField === null ? null : (found.values?.[scope.stampField] ?? null);
    return cellsOf(record, verdict, stamp);
  });
}

function toUndone(row: number, at: (name: string) => Cell): Undone {
  return {
    row,
    id: String(at('recordId')),
    name: at('name') as string | null,
    outcome: at('outcome') as ExportOutcome,
    stamp: at('stamp') as string | null,
    values: (at('values') ?? {}) as Values,
    before: at('before') as Values | null,
  };
}

/** It was not there before the export. */
const isNew = (outcome: ExportOutcome): boolean => outcome === 'created' || outcome === 'undeleted';

interface Found {
  /** What it holds; null: it is not there. */
  values: Values | null;
  /** It is deleted, and can be brought back. */
  isKept: boolean;
  /** Why it cannot be deleted for what belongs to it; null: nothing does. */
  children: RejectReason | null;
}

function judge(scope: Scope, record: Undone, found: Found): Verdict {
  if (record.outcome === 'deleted') return judgeDeleted(scope, record, found);
  const { values } = found;
  if (values === null) return changed('it is not there any more');
  const others = differing(comparing(scope), values, record.values);
  if (others.length > 0) return changed(`it has other values now in ${others.join(', ')}`, others);
  if (record.outcome === 'updated') return judgeUpdated(scope, record, values);
  return judgeNew(scope, record, { ...found, values });
}

const comparing = ({ details }: Scope): { fields: { remote: RemoteObjectDetails['fields'][number] }[] } => ({
  fields: details.fields.map((remote) => ({ remote })),
});

const changed = (what: string, fields: readonly string[] = []): Verdict => ({
  reason: ownReason('CHANGED_SINCE_EXPORT', { what }, fields),
});

/** What the CRM does not keep is made anew of what was kept here, where it takes an old id for a new record. */
function judgeDeleted({ details }: Scope, { before }: Undone, { values, isKept }: Found): Verdict {
  if (values !== null) return changed('it is there again');
  const remade = remadeValues(details, before);
  if (!isKept && remade === null) return { reason: ownReason('NOT_RESTORABLE') };
  return { action: 'undelete', values: remade ?? {}, before: {}, told: remade ?? before ?? {}, changed: [] };
}

/** Null: nobody can make the record anew. */
function remadeValues({ remade, createable }: RemoteObjectDetails, before: Values | null): Values | null {
  if (!remade || !createable || before === null) return null;
  return Object.fromEntries(Object.entries(before).filter(([name]) => !remade.without.includes(name)));
}

function judgeUpdated(scope: Scope, { before }: Undone, held: Values): Verdict {
  if (before === null) return { reason: ownReason('UNDO_UNKNOWN') };
  const names = differing(comparing(scope), held, before);
  if (names.length === 0) return { action: 'unchanged', values: {}, before: {}, told: null, changed: [] };
  return { action: 'update', values: only(before, names), before: only(held, names), told: null, changed: names };
}

const only = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, values[name] ?? null]));

/** All of the record goes, also what the export did not write: it has to be as it was then. */
function judgeNew(
  { stampField, details }: Scope,
  { stamp, outcome, values: written }: Undone,
  { values, children }: Found & { values: Values },
): Verdict {
  const now = stampField === null ? null : values[stampField];
  const createdField = outcome === 'created' ? (details.createdField ?? null) : null;
  // One that was not looked at again after it was written is as it was then only if nobody has saved it since it was created.
  const then = stamp ?? (createdField === null ? null : values[createdField]);
  if (stampField !== null && then === null) return { reason: ownReason('UNDO_UNSEEN') };
  if (now !== null && then !== now) return changed('it was saved again since');
  if (children !== null) return { reason: children };
  return { action: 'delete', values: {}, before: only(values, Object.keys(written)), told: null, changed: [] };
}

async function readLive(
  { client, details, stampField }: Scope,
  undone: readonly Undone[],
): Promise<Map<string, Values>> {
  const { name: object, idField } = details;
  const named = undone.flatMap(({ values, before, outcome }) =>
    outcome === 'deleted' ? [] : [...Object.keys(values), ...Object.keys(before ?? {})],
  );
  const { createdField } = details;
  const told = [stampField, createdField].flatMap((name) => name ?? []);
  const fields = [...new Set([idField, ...told, ...named])];
  const found = new Map<string, Values>();
  for await (const page of client.readByIds(
    { object, fields },
    undone.map(({ id }) => id),
  ))
    for (const cells of page.rows)
      found.set(String(cells[0]), Object.fromEntries(fields.map((name, index) => [name, cells[index] ?? null])));
  return found;
}

/** Ids of deleted records that the CRM still has, as far as it can be known. */
async function readKept({ client, details }: Scope, deleted: readonly Undone[]): Promise<Set<string>> {
  const { name: object, idField, undeletable } = details;
  const kept = new Set<string>();
  if (deleted.length === 0 || !undeletable || !client.writer.undelete) return kept;
  if (client.writer.hidesDeleted) return new Set(deleted.map(({ id }) => id));
  const query = { object, fields: [idField], everything: true };
  for await (const page of client.readByIds(
    query,
    deleted.map(({ id }) => id),
  ))
    for (const [id = null] of page.rows) kept.add(String(id));
  return kept;
}

function cellsOf({ row, id, name }: Undone, verdict: Verdict, stamp: Cell): Cell[] {
  if ('reason' in verdict) return refused({ row, id, name }, verdict.reason);
  const { action, values, before, told, changed: names } = verdict;
  return [row, action, id, name, null, stamp, values, before, told, namesIn(names), null, null, ...noReason];
}

const refused = ({ row, id, name }: Pick<Undone, 'row' | 'id' | 'name'>, reason: RejectReason): Cell[] => [
  row,
  null,
  id,
  name,
  ...Array<null>(8).fill(null),
  ...rejectCells(reason),
];
