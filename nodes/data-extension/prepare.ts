/**
 * Which of the rows that arrive are sent, and why the others are not. Only columns that can refuse a row are read for that: the
 * key, and those with values that may not fit. Values are not kept: they are converted again, from the rows that arrived, when
 * they are sent, which costs less than to write them down and to read them.
 */
import type { DataExtensionsClient } from '../../contract/connector.ts';
import type { Expr, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { noReason, ownReason, type RejectReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import type { NodeContext } from '../kit/run.ts';
import { WriteBehind } from '../kit/writeBehind.ts';
import type { DataExtensionConfig } from './config.ts';
import { type Conversion, conversionOf, fitsAlways } from './conversion.ts';
import { type Due, dueRows, rowColumn } from './due.ts';
import type { Filled, Target } from './target.ts';

type Context = NodeContext<DataExtensionConfig>;

/** The form in which two keys of the data extension are one; none where the row is refused. */
const keyColumn: Column = { name: '_key', label: '', type: 'text' };

interface Prepared {
  /** Each key once. */
  due: Due;
  /** Rows that are not sent: `_row` and the reject columns. */
  refused: TableRef;
}

export async function prepare(
  context: Context,
  client: DataExtensionsClient,
  input: TableRef,
  target: Target,
): Promise<Prepared> {
  const { checked, timeZone } = await checkRows(context, client, input, target);
  const refused = await context.table(refusedRows(checked), { name: 'refused' });
  return { due: await dueRows(context, { input, target, refused, timeZone }), refused };
}

/**
 * A row for each of the input, with its `_id`. A later attempt goes on behind the last row written, and in the time zone of the
 * first one: rows of one delivery are not to mean two things, nor what was sent to be looked for as something else.
 */
async function checkRows(
  context: Context,
  client: DataExtensionsClient,
  input: TableRef,
  target: Target,
): Promise<{ checked: TableRef; timeZone: string }> {
  const writer = await context.writer({ columns: [keyColumn, ...rejectColumns], name: 'checked', resume: true });
  const timeZone = typeof writer.position === 'string' ? writer.position : context.timeZone;
  const { columns, check } = rowCheck(timeZone, client, target);
  const behind = new WriteBehind(writer);
  try {
    for await (const { rows } of context.read(input, { columns, after: writer.count })) {
      context.signal.throwIfAborted();
      const checked = rows.map(check);
      await behind.settle();
      behind.begin(checked, { position: timeZone });
    }
  } finally {
    await behind.settle();
  }
  return { checked: await writer.finish(), timeZone };
}

interface Looked {
  filled: Filled;
  convert: Conversion;
}

/** The columns that are looked at, and what is written of a row that has them. */
function rowCheck(timeZone: string, client: DataExtensionsClient, { key, attributes }: Target) {
  const doubtful = attributes.filter(({ source, column: own }) => !fitsAlways(source.type, own.type));
  const looked = [...key, ...doubtful].map((filled): Looked => {
    return { filled, convert: conversionOf(filled.source.type, filled.column.type, timeZone) };
  });
  const check = (row: Cell[]): Cell[] => {
    const forms: string[] = [];
    for (let place = 0; place < looked.length; place += 1) {
      const { filled, convert } = looked[place] as Looked;
      const sent = convert(row[place] ?? null);
      if (!sent.ok) return refused(mismatch(filled, sent.reason));
      if (place >= key.length) continue;
      if (isBlank(sent.value)) return refused(emptyKey(filled));
      forms.push(client.keyForm(filled.column, sent.value));
    }
    return [forms.length === 1 ? (forms[0] ?? '') : JSON.stringify(forms), ...noReason];
  };
  return { columns: looked.map(({ filled }) => filled.source.name), check };
}

/** Of several rows with one key the first is sent: which of them is right, nobody knows here. */
function refusedRows(checked: TableRef): Relation {
  const having = (op: 'isNull' | 'isNotNull'): Relation => {
    return { op: 'filter', input: scan(checked), where: { op, value: column(keyColumn.name) } };
  };
  const place = 'place';
  const partition = [column(keyColumn.name)];
  const ranked: Relation = { op: 'rank', input: having('isNotNull'), partition, order: [], as: place };
  const isLater = { op: 'gt', left: column(place), right: literal(1, 'integer') } as const;
  const again: Relation = { op: 'filter', input: ranked, where: isLater };
  const same = rejectCells(ownReason('DUPLICATE_KEY')).map((cell) => literal(cell, 'text'));
  const own = rejectColumns.map(({ name }) => column(name));
  return {
    op: 'set',
    kind: 'unionAll',
    by: [rowColumn.name],
    inputs: [withReason(having('isNull'), own), withReason(again, same)],
  };
}

function withReason(input: Relation, cells: readonly Expr[]): Relation {
  const reason = rejectColumns.map((own, index) => ({ ...own, expr: cells[index] ?? literal(null, 'text') }));
  return { op: 'project', input, columns: [{ ...rowColumn, expr: rowId }, ...reason] };
}

const refused = (reason: RejectReason): Cell[] => [null, ...rejectCells(reason)];

const mismatch = ({ source, column: own }: Filled, reason: string): RejectReason =>
  ownReason('TYPE_MISMATCH', { column: own.name, reason }, [source.name]);

const emptyKey = ({ source }: Filled): RejectReason => ownReason('KEY_EMPTY', { column: source.name }, [source.name]);

/** Blanks at the end of a key do not count there, so that one of nothing else is none. */
const isBlank = (value: Cell): boolean => value === null || (typeof value === 'string' && value.trim() === '');
