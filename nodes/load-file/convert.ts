/** Records of a file as rows of the table, or as rejects with the reason. */
import type { Cell, Json } from '../../contract/types.ts';
import { cleanText } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { ownReason } from '../kit/rejects.ts';
import type { LoadColumn, LoadFileConfig } from './config.ts';
import { cellReader } from './values.ts';

export type Outcome = { row: Cell[] } | { reject: RejectReason };

/** A value that cannot be read: in its place null or the default, or the record goes. */
type ColumnReader = (value: Json) => { ok: true; value: Cell } | { ok: false; reason: string };

type Rules = Pick<LoadFileConfig, 'columns' | 'trim' | 'emptyIsNull'>;

/** `places`: where in a record the value of each column stands. */
export function converter(
  rules: Rules,
  timeZone: string,
): (record: readonly Json[], places: readonly number[]) => Outcome {
  const readers = rules.columns.map((column) => columnReader(column, rules, timeZone));
  return (record, places) => {
    const row: Cell[] = [];
    for (let index = 0; index < readers.length; index += 1) {
      const read = (readers[index] as ColumnReader)(record[places[index] as number] ?? null);
      if (!read.ok) return { reject: refusal(rules.columns[index]?.name ?? '', read.reason) };
      row.push(read.value);
    }
    return { row };
  };
}

const refusal = (column: string, reason: string): RejectReason =>
  ownReason('TYPE_MISMATCH', { column, reason }, [column]);

function columnReader(column: LoadColumn, { trim, emptyIsNull }: Rules, timeZone: string): ColumnReader {
  const { type, required, onError } = column;
  const read = cellReader(column, timeZone);
  const fallback = onError === 'default' && column.fallback !== '' ? read(column.fallback) : null;
  const replacement: Cell = fallback?.ok ? fallback.value : null;
  const isEmpty = (value: Json): boolean => value === null || (value === '' && (emptyIsNull || type !== 'text'));
  return (value) => {
    const given = trim && typeof value === 'string' ? value.trim() : value;
    // What the encoding does not have was decoded to it.
    const problem =
      typeof given === 'string' && given.includes('\uFFFD') ? 'it has bytes that are not of the encoding' : null;
    const empty = isEmpty(given);
    if (empty && !required) return { ok: true, value: null };
    const cell = empty
      ? ({ ok: false, reason: 'it is empty' } as const)
      : problem
        ? ({ ok: false, reason: problem } as const)
        : read(given);
    if (cell.ok || onError === 'reject') return cell;
    return { ok: true, value: replacement };
  };
}

/** Text of a record for people, as tables can hold it. */
export const shownText = (text: string): string => cleanText(text.slice(0, 4_000)).text;
