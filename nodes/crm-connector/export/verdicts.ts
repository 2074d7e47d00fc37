/** The rows of an export beside what the CRM has for them, and what becomes of each, batch by batch. */
import type { Relation, TableRef } from '../../../contract/relation.ts';
import { column, rowId, scan } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../../kit/rejects.ts';
import type { TableWriter } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import type { WrittenObject } from './fields.ts';
import { lookupFields } from './fields.ts';
import { foundColumns } from './found.ts';
import { movedColumn } from './moved.ts';
import { nameGiven } from './naming.ts';
import type { SentVerdict } from './onlyChanged.ts';
import { relatedKey, relatedMatch } from './preparedRow.ts';
import type { Targets } from './targets.ts';
import type { Candidate, Values, Verdict } from './verdict.ts';
import { decide } from './verdict.ts';

/** What the CRM has, all read: `related` for each lookup. */
export interface Read {
  prepared: TableRef;
  /** Beside the prepared rows, what was sent of them; see onlyChanged.ts. */
  sent: TableRef | null;
  targets: Targets | null;
  related: readonly TableRef[];
}

const own = (name: string, type: Column['type']): Column => ({ name, label: '', type });

/** Columns of a plan's rows, with `_parent` by which they are ordered, and why a row is rejected, or left as it is. */
export const verdictColumns: readonly Column[] = [
  own('_row', 'integer'),
  own('action', 'text'),
  own('recordId', 'text'),
  own('name', 'text'),
  own('key', 'text'),
  own('stamp', 'text'),
  own('values', 'json'),
  own('before', 'json'),
  own('told', 'json'),
  own('changed', 'text'),
  movedColumn,
  own('_parent', 'text'),
  ...rejectColumns,
];

export async function writeVerdicts(
  context: Context,
  written: WrittenObject,
  read: Read,
  writer: TableWriter,
): Promise<void> {
  const joined = await context.table(besideRecords(read), { name: 'joined' });
  const names = joined.columns.map(({ name }) => name);
  const toRow = verdictRow(written, names, context.config.export.onlyChanged.column);
  const after = typeof writer.position === 'number' ? writer.position : 0;
  for await (const batch of context.read(joined, { columns: names, after })) {
    context.signal.throwIfAborted();
    await writer.append(batch.rows.map(toRow), { position: batch.ids.at(-1) ?? after });
    context.progress(writer.count, joined.count, 'rows compared');
  }
}

const targetName = (name: string): string => `target:${name}`;
const relatedFound = (index: number): string => `found:${index}`;
const relatedId = (index: number): string => `id:${index}`;

/** Exactly the prepared rows, in their order: what stands beside them has each key once. */
function besideRecords({ prepared, sent, targets, related }: Read): Relation {
  const own: Relation = sent === null ? scan(prepared) : besideSent(prepared, sent);
  const keyed = targets ? withTargets(own, targets) : own;
  return related.reduce<Relation>(
    (left, table, index) =>
      beside(left, table, relatedMatch(index), [
        ['found', relatedFound(index), 'integer'],
        ['recordId', relatedId(index), 'text'],
      ]),
    keyed,
  );
}

const sentName = (name: string): string => `sent:${name}`;

const besideSent = (prepared: TableRef, sent: TableRef): Relation => ({
  op: 'join',
  kind: 'left',
  left: scan(prepared),
  right: scan(sent),
  on: [{ left: rowId, right: rowId }],
  columns: ['verdict', 'recordId'].map((name) => ({ from: name, as: own(sentName(name), 'text') })),
});

function withTargets(left: Relation, { keys, found }: Targets): Relation {
  const counted = beside(left, keys, '_match', [['rows', targetName('rows'), 'integer']]);
  const chosen = foundColumns.filter(({ name }) => name !== 'match');
  return beside(
    counted,
    found,
    '_match',
    chosen.map(({ name, type }) => [name, targetName(name), type]),
  );
}

function beside(left: Relation, right: TableRef, match: string, chosen: [string, string, Column['type']][]): Relation {
  return {
    op: 'join',
    kind: 'left',
    left,
    right: scan(right),
    on: [{ left: column(match, 'left'), right: column('match', 'right') }],
    columns: chosen.map(([from, name, type]) => ({ from, as: own(name, type) })),
  };
}

function verdictRow(written: WrittenObject, names: readonly string[], sentBy: string): (row: Cell[]) => Cell[] {
  const places = new Map(names.map((name, index) => [name, index]));
  const lookups = lookupFields(written).map((_, index) => index);
  return (row) => {
    const at = (name: string): Cell => row[places.get(name) ?? -1] ?? null;
    const target = (name: string): Cell => at(targetName(name));
    const verdict = bySent(at, sentBy) ?? byRecord(written, at, () => candidateOf(at, target, lookups));
    const recordId = target('recordId') ?? at(sentName('recordId'));
    const name = target('name') ?? nameGiven(written, (at('values') ?? {}) as Values);
    const stamp = target('stamp');
    return [
      at('_row'),
      ...plannedCells(verdict, { recordId, name, key: at('_key'), stamp }),
      at('_parent'),
      ...reasonCells(verdict),
    ];
  };
}

/** What was sent decides before anybody asks what is there: also of a row that was rejected and dismissed. */
function bySent(at: (name: string) => Cell, by: string): Verdict | null {
  const verdict = at(sentName('verdict')) as SentVerdict;
  if (verdict === null) return null;
  if (verdict === 'left') return { action: 'unchanged', values: {}, before: {}, told: null, changed: [] };
  return { reason: ownReason(verdict === 'empty' ? 'KEY_EMPTY' : 'DUPLICATE_KEY', { column: by }, [by]) };
}

function byRecord(written: WrittenObject, at: (name: string) => Cell, candidate: () => Candidate): Verdict {
  const refused = reasonOf(at);
  return refused ? { reason: refused } : decide(written, candidate());
}

function candidateOf(at: (name: string) => Cell, target: (name: string) => Cell, lookups: number[]): Candidate {
  return {
    key: textOf(at('_key')),
    values: (at('values') ?? {}) as Values,
    sameKey: Number(target('rows') ?? 0),
    found: Number(target('found') ?? 0),
    before: (target('before') ?? {}) as Values,
    unread: reasonOf(target),
    related: lookups.map((index) => ({
      key: textOf(at(relatedKey(index))),
      found: Number(at(relatedFound(index)) ?? 0),
      id: at(relatedId(index)),
    })),
  };
}

const textOf = (cell: Cell): string | null => (cell === null ? null : String(cell));

/** The reason that the reject columns hold; null: none. */
function reasonOf(at: (name: string) => Cell): RejectReason | null {
  const code = textOf(at('errorCode'));
  if (code === null) return null;
  const fields = textOf(at('errorFields'));
  return {
    code,
    symbol: String(at('errorSymbol')),
    message: String(at('errorMessage')),
    fields: fields === null ? [] : fields.split(', '),
  };
}

/** With a comma around each, so that one can be looked for. */
export const namesIn = (names: readonly string[]): string | null =>
  names.length === 0 ? null : `,${names.join(',')},`;

export const namesOf = (text: Cell): string[] =>
  String(text ?? '')
    .split(',')
    .filter((name) => name !== '');

type Place = Record<'recordId' | 'name' | 'key' | 'stamp', Cell>;

function plannedCells(verdict: Verdict, { recordId, name, key, stamp }: Place): Cell[] {
  if ('reason' in verdict) return [null, null, name, key, null, null, null, null, null, verdict.movedTo ?? null];
  const { action, values, before, told, changed } = verdict;
  return [action, recordId, name, key, stamp, values, before, told, namesIn(changed), verdict.movedTo ?? null];
}

function reasonCells(verdict: Verdict): readonly Cell[] {
  const reason = 'reason' in verdict ? verdict.reason : verdict.remark;
  return reason ? rejectCells(reason) : noReason;
}
