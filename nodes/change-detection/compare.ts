/** The rows that arrive beside what was sent of them. All tables belong to the task: a later attempt finds the same answer. */
import type { Expr, Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../contract/relation.ts';
import type { SentState } from '../../contract/sent.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import { ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import { demandColumns } from '../kit/rows.ts';
import type { NodeContext } from '../kit/run.ts';
import { besideSent, changeOf, hashOf, keyOf, sentColumn } from '../kit/sent.ts';
import type { ChangeDetectionConfig } from './definition.ts';
import { goneColumns } from './definition.ts';

export type Context = NodeContext<ChangeDetectionConfig>;

const text = (name: string): Column => ({ name, label: '', type: 'text' });
const hashedColumns = [text('key'), text('hash')];

/** Key and hash of each row, in their order. */
async function hashRows(context: Context, input: TableRef): Promise<TableRef> {
  const { key, compare, columns } = context.config;
  const compared = compare === 'all' ? input.columns.map(({ name }) => name) : columns;
  const names = [...new Set([...key, ...compared])];
  demandColumns(input, names);
  const places = (wanted: readonly string[]): number[] => wanted.map((name) => names.indexOf(name));
  const [keyPlaces, comparedPlaces] = [places(key), places(compared)];
  const writer = await context.writer({ columns: hashedColumns, name: 'hashed', resume: true });
  const after = Number(writer.position ?? 0);
  for await (const { ids, rows } of context.read(input, { columns: names, after })) {
    context.signal.throwIfAborted();
    const hashed = rows.map((row) => [
      keyOf(keyPlaces.map((place) => row[place] ?? null)),
      hashOf(Object.fromEntries(comparedPlaces.map((place) => [names[place], row[place] ?? null]))),
    ]);
    await writer.append(hashed, { position: ids.at(-1) ?? after });
    context.progress(writer.count, input.count, 'rows looked at');
  }
  return writer.finish();
}

export type Change = 'new' | 'changed' | 'unchanged';

/**
 * One row for each row of the input, in their order: with the `sentRowColumns`, and `change`, a `Change`, or the code of
 * the reject.
 */
export async function compareRows(context: Context, input: TableRef, state: SentState): Promise<TableRef> {
  const hashed = await hashRows(context, input);
  const counted: Relation = {
    op: 'group',
    input: { op: 'filter', input: scan(hashed), where: { op: 'isNotNull', value: column('key') } },
    by: [{ ...text('key'), expr: column('key') }],
    aggregates: [{ name: 'rows', label: '', type: 'integer', fn: 'count' }],
  };
  const beside: Relation = {
    op: 'join',
    kind: 'left',
    left: besideSent(scan(hashed), state, 'key'),
    right: counted,
    on: [{ left: column('key', 'left'), right: column('key', 'right') }],
    columns: [{ from: 'rows', as: { name: 'rows', label: '', type: 'integer' } }],
  };
  const isTwice: Predicate = { op: 'gt', left: column('rows'), right: literal(1, 'integer') };
  const code: Expr = either(isTwice, literal('DUPLICATE_KEY', 'text'), changeOf('hash'));
  const change = either({ op: 'isNull', value: column('key') }, literal('KEY_EMPTY', 'text'), code);
  const columns = [
    ...hashedColumns.map((own) => ({ ...own, expr: column(own.name) })),
    { ...text('base'), expr: sentColumn('hash') },
    { ...text('change'), expr: change },
  ];
  return context.table({ op: 'project', input: beside, columns }, { name: 'compared' });
}

export const isOneOf = (list: readonly string[]): Predicate => ({
  op: 'in',
  value: column('change'),
  list: [...list],
  type: 'text',
});

/** The rows of the input with one of these answers. */
export const rowsWith = (input: TableRef, compared: TableRef, answers: readonly Change[]): Relation => ({
  op: 'join',
  kind: 'semi',
  left: scan(input),
  right: { op: 'filter', input: scan(compared), where: isOneOf(answers) },
  on: [{ left: rowId, right: rowId }],
});

/** What cannot be told by its key: `row` is the `_id` in the input. */
export function refusedRows({ config }: Context, compared: TableRef): Relation {
  const reasons = {
    empty: rejectCells(ownReason('KEY_EMPTY', { column: config.key.join(', ') }, config.key)),
    twice: rejectCells(ownReason('DUPLICATE_KEY', {}, config.key)),
  };
  const isEmpty: Predicate = { op: 'eq', left: column('change'), right: literal('KEY_EMPTY', 'text') };
  const cell = (list: readonly Cell[], index: number): Expr => literal(list[index] ?? null, 'text');
  return {
    op: 'project',
    input: { op: 'filter', input: scan(compared), where: isOneOf(['KEY_EMPTY', 'DUPLICATE_KEY']) },
    columns: [
      { name: 'row', label: '', type: 'integer', expr: rowId },
      ...rejectColumns.map((own, index) => ({
        ...own,
        expr: either(isEmpty, cell(reasons.empty, index), cell(reasons.twice, index)),
      })),
    ],
  };
}

export interface Gone {
  /** With the `goneColumns`. */
  rows: TableRef;
  /** Beside them, with the `sentRowColumns`. */
  sent: TableRef;
}

/** What was sent, and does not arrive any more. */
export async function findGone(context: Context, input: TableRef, compared: TableRef, state: SentState): Promise<Gone> {
  const was: Relation = { op: 'filter', input: state.rows, where: { op: 'isNotNull', value: column('hash') } };
  const on = [{ left: column('key', 'left'), right: column('key', 'right') }];
  const missing: Relation = { op: 'join', kind: 'anti', left: was, right: scan(compared), on };
  const columns = [
    { ...text('key'), expr: column('key') },
    { ...text('hash'), expr: literal(null, 'text') },
    { ...text('base'), expr: column('hash') },
    { ...text('recordId'), expr: column('recordId') },
  ];
  const sent = await context.table({ op: 'project', input: missing, columns }, { name: 'gone keys' });
  const own = goneColumns(input.columns, context.config.key);
  const writer = await context.writer({ columns: own, name: 'gone', resume: true });
  const after = Number(writer.position ?? 0);
  for await (const { ids, rows } of context.read(sent, { columns: ['key', 'recordId'], after }))
    await writer.append(
      rows.map(([key = null, recordId = null]) => [...cellsOf(own.slice(0, -1), String(key)), recordId]),
      { position: ids.at(-1) ?? after },
    );
  return { rows: await writer.finish(), sent };
}

/** A key that was sent when its columns had other types, or were others, has cells only where they still fit. */
function cellsOf(columns: readonly Column[], key: string): Cell[] {
  const cells = JSON.parse(key) as Cell[];
  return columns.map(({ type }, index) => {
    const cell = toCell(type, cells[index] ?? null);
    return cell.ok ? cell.value : null;
  });
}
