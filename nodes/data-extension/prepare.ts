/** For each row that arrives, in its order: its key, and what is sent of it, or why nothing is. */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { noReason, ownReason, type RejectReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import type { NodeContext } from '../kit/run.ts';
import type { DataExtensionConfig } from './config.ts';
import { sentCell } from './sentCell.ts';
import type { Filled, Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/** `_id` of the row in the input. */
export const rowColumn: Column = { name: '_row', label: '', type: 'integer' };

const preparedColumns: Column[] = [
  rowColumn,
  /** The form in which two keys of the data extension are one. */
  { name: '_key', label: '', type: 'text' },
  { name: 'values', label: '', type: 'json' },
  ...rejectColumns,
];

export interface Prepared {
  /** Rows to be sent: `_row` and `values`, each key once. */
  due: TableRef;
  /** Rows that are not sent: `_row` and the reject columns. */
  refused: Relation;
}

/** A later attempt goes on behind the last row written. */
export async function prepare(
  context: Context,
  client: DataExtensionsClient,
  input: TableRef,
  target: Target,
): Promise<Prepared> {
  const writer = await context.writer({ columns: preparedColumns, name: 'prepared', resume: true });
  const sources = [...target.key, ...target.attributes].map(({ source }) => source.name);
  const after = typeof writer.position === 'number' ? writer.position : 0;
  for await (const { ids, rows, columns } of context.read(input, { columns: [...new Set(sources)], after })) {
    context.signal.throwIfAborted();
    const places = new Map(columns.map((name, index) => [name, index]));
    const made = rows.map((row, index) =>
      prepareRow(context, client, target, ids[index] ?? 0, (name) => row[places.get(name) ?? -1] ?? null),
    );
    await writer.append(made, { position: ids.at(-1) ?? after });
  }
  return split(context, await writer.finish());
}

/** Of several rows with one key the first is sent: which of them is right, nobody knows here. */
async function split(context: Context, prepared: TableRef): Promise<Prepared> {
  const good: Relation = {
    op: 'filter',
    input: scan(prepared),
    where: { op: 'isNull', value: column('errorCode') },
  };
  const place = 'place';
  const ranked: Relation = { op: 'rank', input: good, partition: [column('_key')], order: [], as: place };
  const placed = await context.table(ranked, { name: 'placed' });
  const isFirst = { op: 'eq', left: column(place), right: literal(1, 'integer') } as const;
  const due = await context.table({ op: 'filter', input: scan(placed), where: isFirst }, { name: 'due' });
  const again: Relation = { op: 'filter', input: scan(placed), where: { op: 'not', item: isFirst } };
  const reason = rejectCells(ownReason('DUPLICATE_KEY'));
  const wrong: Relation = {
    op: 'filter',
    input: scan(prepared),
    where: { op: 'isNotNull', value: column('errorCode') },
  };
  return {
    due,
    refused: { op: 'set', kind: 'unionAll', by: [rowColumn.name], inputs: [reasons(wrong), reasons(again, reason)] },
  };
}

/** `_row` and the reject columns, filled with one reason where there is one. */
export function reasons(input: Relation, cells?: readonly Cell[]): Relation {
  const filled = rejectColumns.map((own, index) => ({
    ...own,
    expr: cells === undefined ? column(own.name) : literal(cells[index] ?? null, 'text'),
  }));
  return { op: 'project', input, columns: [{ ...rowColumn, expr: column(rowColumn.name) }, ...filled] };
}

function prepareRow(
  { config, timeZone }: Context,
  client: DataExtensionsClient,
  { key, attributes }: Target,
  row: number,
  read: (column: string) => Cell,
): Cell[] {
  const values: Record<string, Cell> = {};
  for (const filled of [...key, ...attributes]) {
    const sent = sentCell(filled.source.type, filled.column.type, read(filled.source.name), timeZone);
    if (!sent.ok) return refused(row, mismatch(filled, sent.reason));
    if (filled.column.key && isBlank(sent.value)) return refused(row, emptyKey(filled));
    if (sent.value !== null || config.emptyOverwrites) values[filled.column.name] = sent.value;
  }
  const forms = key.map(({ column: own }) => client.keyForm(own, values[own.name] ?? null));
  return [row, JSON.stringify(forms), values, ...noReason];
}

const refused = (row: number, reason: RejectReason): Cell[] => [row, null, {}, ...rejectCells(reason)];

const mismatch = ({ source, column: own }: Filled, reason: string): RejectReason =>
  ownReason('TYPE_MISMATCH', { column: own.name, reason }, [source.name]);

const emptyKey = ({ source }: Filled): RejectReason => ownReason('KEY_EMPTY', { column: source.name }, [source.name]);

/** Blanks at the end of a key do not count there, so that one of nothing else is none. */
const isBlank = (value: Cell): boolean => value === null || (typeof value === 'string' && value.trim() === '');
