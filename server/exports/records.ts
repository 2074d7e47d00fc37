/** Records of an export as people see them: asked for, told, and as a table for files. */
import type { z } from 'zod';
import type { ErrorEntry } from '../../contract/errors/entry.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { describeError, errorTable } from '../../contract/errors.ts';
import type { ExportRecord, exportRecordsQuerySchema } from '../../contract/exports.ts';
import { exportRecordColumns } from '../../contract/exports.ts';
import type { Predicate } from '../../contract/relation.ts';
import { column } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import type { RowQuery } from '../tables/types.ts';
import { readTables } from './keep.ts';
import type { Marks } from './marks.ts';
import { whereMarked } from './marks.ts';
import { equals, openOutcome } from './open.ts';
import type { ExportRow } from './rows.ts';

type Asked = Omit<z.output<typeof exportRecordsQuerySchema>, 'cursor' | 'limit'>;

const searched = [
  'recordId',
  'name',
  'key',
  'values',
  'before',
  'errorCode',
  'errorSymbol',
  'errorMessage',
  'errorFields',
];

/** What is asked of the table of records. */
export function toRowQuery(row: ExportRow, marks: Marks, asked: Asked): Omit<RowQuery, 'limit' | 'cursor'> {
  const { stage } = row;
  const { action, outcome, field, code, mark } = asked;
  const search = asked.search?.trim() ?? '';
  const items: Predicate[] = [];
  if (action === 'refused') items.push({ op: 'isNull', value: column('action') });
  else if (action !== undefined) items.push(equals('action', action));
  if (outcome !== undefined) items.push(equals('outcome', outcome));
  if (field !== undefined) items.push({ op: 'contains', value: column('changed'), text: `,${field},` });
  if (code !== undefined) items.push(equals('errorCode', code));
  if (mark !== undefined) items.push(whereMarked(stage, marks, (_, own) => (own ?? 'none') === mark));
  if (search !== '') items.push(contains(row, search));
  const query = { sort: null, search: '', filter: [] };
  return items.length === 0 ? query : { ...query, where: { op: 'and', items } };
}

/** An export that was kept before there was one of the columns does without it. */
function contains(row: ExportRow, text: string): Predicate {
  const kept = new Set(readTables(row).records.columns.map(({ name }) => name));
  const items = searched.filter((name) => kept.has(name));
  return { op: 'or', items: items.map((name) => ({ op: 'contains', value: column(name), text })) };
}

type Named = Record<(typeof exportRecordColumns)[number]['name'], Cell>;

/** How the rows of a table of records are told. `masked`: without values, keys and messages, which may hold what is personal. */
export function createTelling(row: ExportRow, marks: Marks, masked: boolean): (cells: readonly Cell[]) => ExportRecord {
  const places = readTables(row).records.columns.map(({ name }) => name);
  const order = fieldNames(row);
  const none = Object.fromEntries(exportRecordColumns.map(({ name }) => [name, null]));
  const hide = (cell: Cell): string | null => (masked && cell !== null ? mask : toText(cell));
  return (cells) => {
    const own = Object.fromEntries(places.map((name, index) => [name, cells[index] ?? null]));
    const named = { ...none, ...own } as Named;
    const no = Number(named._row);
    const open = openOutcome(row.stage, named.action, named.outcome);
    return {
      row: no,
      action: named.action as ExportRecord['action'],
      outcome: named.outcome as ExportRecord['outcome'],
      mark: open === null ? null : (marks.find(open, no)?.mark ?? null),
      recordId: toText(named.recordId),
      name: hide(named.name),
      key: hide(named.key),
      fields: tellFields(order, readValues(named.values), readValues(named.before), masked),
      reject: tellReject(named, masked),
      call: named.call === null ? null : Number(named.call),
    };
  };
}

const fieldNames = ({ fields }: ExportRow): string[] =>
  (JSON.parse(fields) as { name: string }[]).map(({ name }) => name);
const toText = (cell: Cell): string | null => (cell === null ? null : String(cell));

type Values = Record<string, Json>;

function readValues(cell: Cell): Values {
  const value: unknown = typeof cell === 'string' ? JSON.parse(cell) : cell;
  return typeof value === 'object' && value !== null ? (value as Values) : {};
}

const mask = '•••';

function tellFields(order: readonly string[], after: Values, before: Values, masked: boolean): ExportRecord['fields'] {
  const told = new Set([...Object.keys(after), ...Object.keys(before)]);
  const names = [...order.filter((name) => told.has(name)), ...[...told].filter((name) => !order.includes(name))];
  const tell = (value: Json): Json => (masked && value !== null ? mask : value);
  return names.map((name) => ({
    name,
    before: tell(before[name] ?? null),
    ...(Object.hasOwn(after, name) ? { after: tell(after[name] ?? null) } : {}),
  })) as ExportRecord['fields'];
}

/** A message may name the key, or hold values that the outside system repeats. */
function tellReject(named: Named, masked: boolean): ExportRecord['reject'] {
  const code = toText(named.errorCode);
  if (code === null) return null;
  const message = masked ? mask : (toText(named.errorMessage) ?? '');
  const told = { code, symbol: toText(named.errorSymbol) ?? code, message, fields: toText(named.errorFields) ?? '' };
  if (!Object.hasOwn(errorTable, code)) return { ...told, meaning: message, action: '' };
  const entry: ErrorEntry = errorTable[code as ErrorCode];
  // A sentence with details was filled in when the record was rejected.
  const meaning = entry.message.includes('{') ? message : entry.message;
  return { ...told, meaning, action: describeError(code as ErrorCode).action };
}

const text = (name: string): Column => ({ name, label: name, type: 'text' });
const number = (name: string): Column => ({ name, label: name, type: 'integer' });

/** The records as a table with two columns for each field. */
export function tellAsTable(
  row: ExportRow,
  marks: Marks,
): { columns: Column[]; toCells(cells: readonly Cell[]): Cell[] } {
  const tell = createTelling(row, marks, false);
  const fields = fieldNames(row);
  const columns = [
    ...[number('row'), ...['action', 'outcome', 'mark', 'recordId', 'name', 'key'].map(text)],
    ...fields.flatMap((name) => [text(`${name} (before)`), text(`${name} (after)`)]),
    ...['errorCode', 'errorSymbol', 'errorMessage', 'errorFields', 'meaning', 'whatToDo'].map(text),
    number('call'),
  ];
  const toCells = (cells: readonly Cell[]): Cell[] => {
    const { reject, ...record } = tell(cells);
    const byName = new Map(record.fields.map((field) => [field.name, field]));
    return [
      ...[
        record.row,
        record.action ?? 'refused',
        record.outcome,
        record.mark,
        record.recordId,
        record.name,
        record.key,
      ],
      ...fields.flatMap((name) => [valueText(byName.get(name)?.before), valueText(byName.get(name)?.after)]),
      ...(reject
        ? [reject.code, reject.symbol, reject.message, reject.fields, reject.meaning, reject.action]
        : Array<Cell>(6).fill(null)),
      record.call,
    ];
  };
  return { columns, toCells };
}

function valueText(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
