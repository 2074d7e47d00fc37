/** Records as rows of a job's CSV file, and the marks by which they are known again in its results. */
import { createHash } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalDecimal, canonicalJson } from '../../../contract/types.ts';
import type { JobRequest, RecordRefusal, RecordWrite } from '../../../contract/write.ts';
import { fullId } from '../ids.ts';
import type { WireField } from './wireFields.ts';
import { isId } from './wireFields.ts';

/** Clears a field; an empty cell leaves it as it is. */
const clears = '#N/A';
/** Clears a check box, which has no empty state. Written otherwise than its own false, so that the results tell which it was. */
const unticks = '0';
/** Characters that a job takes of one value, and of one record. */
const longestValue = 32_000;
const longestRecord = 400_000;

const quoted = (text: string): string => `"${text.includes('"') ? text.replaceAll('"', '""') : text}"`;

export function headerRow(columns: readonly WireField[]): string {
  return line(columns.map(({ name, parent }) => (parent?.isOneOfSeveral ? `${parent.object}:${name}` : name)));
}

const line = (texts: readonly string[]): string => `${texts.map(quoted).join(',')}\n`;

export function row(columns: readonly WireField[], record: RecordWrite): string {
  return line(columns.map((column) => (isUnticked(column, record) ? unticks : cellText(column.asked, record))));
}

const isUnticked = ({ asked, type }: WireField, { values }: RecordWrite): boolean =>
  type === 'boolean' && values[asked] === null;

/** Bytes of the row. */
export function sizeOf({ fields }: JobRequest, record: RecordWrite): number {
  return Buffer.byteLength(line(fields.map((field) => cellText(field, record))));
}

function cellText(field: string, { id, values }: RecordWrite): string {
  const cell = values[field];
  if (cell === undefined) return isId(field) ? (id ?? '') : '';
  const text = plainText(cell);
  return text.trim() === '' ? clears : text;
}

function plainText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (cell === null) return '';
  if (typeof cell === 'number') return canonicalDecimal(String(cell)) ?? String(cell);
  return typeof cell === 'object' ? canonicalJson(cell) : String(cell);
}

/** What a file cannot say: the text that clears a field, and what is longer than it may be. */
export function unfit({ fields }: JobRequest, record: RecordWrite): RecordRefusal | null {
  const texts = fields.map((field) => cellText(field, record));
  const at = texts.findIndex(
    (text, index) => text.length > longestValue || (text === clears && isOwnText(record, fields[index])),
  );
  const isLong = texts.reduce((sum, text) => sum + text.length, 0) > longestRecord;
  if (at < 0 && !isLong) return null;
  const reason =
    at < 0 || texts[at] !== clears ? 'too long for a job' : `the text "${clears}", by which a job clears a field`;
  return {
    outcome: 'refused',
    code: 'JOB_CANNOT_CARRY',
    symbol: 'JOB_CANNOT_CARRY',
    message: `${at < 0 ? 'The record' : fields[at]}: ${reason}.`,
    fields: at < 0 ? [] : [fields[at] ?? ''],
    passing: false,
  };
}

const isOwnText = ({ values }: RecordWrite, field = ''): boolean => String(values[field] ?? '').trim() === clears;

/**
 * Whatever the operation needs to tell records apart: their id, their key, or all that is in them. Line ends and outer spaces
 * do not count, which files and organisations change.
 */
export function markOf(request: JobRequest, record: RecordWrite): string {
  return markOfTexts(
    request,
    request.fields.map((field) => cellText(field, record)),
  );
}

/** The mark of a row of results; `texts` in the order of the request's fields. */
export function markOfRow(request: JobRequest, columns: readonly WireField[], texts: readonly string[]): string {
  const asSent = texts.map((text, at) => (columns[at]?.type === 'boolean' && text === unticks ? clears : text));
  return markOfTexts(request, asSent);
}

function markOfTexts({ operation, keyField = '', fields }: JobRequest, texts: readonly string[]): string {
  const place = fields.findIndex((field) =>
    operation === 'upsert' ? field.toLowerCase() === keyField.toLowerCase() : isId(field),
  );
  const own = (texts[place] ?? '').trim();
  if (operation === 'upsert') return own;
  if (operation !== 'insert') return idMark(own);
  const plain = texts.map((text) => text.replace(/\r\n?/g, '\n').trim());
  return createHash('sha256').update(JSON.stringify(plain)).digest('base64url');
}

function idMark(text: string): string {
  try {
    return fullId(text);
  } catch (error) {
    if (error instanceof UserError) return text;
    throw error;
  }
}
