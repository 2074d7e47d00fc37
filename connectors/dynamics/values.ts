/** Rows of the Web API as rows of canonical cells. Runs for every value of every row: no work beyond need. */
import type { ReadPage } from '../../contract/connector.ts';
import type { Cell } from '../../contract/types.ts';
import { cleanText, toCell } from '../../contract/types.ts';
import type { Chosen } from './odata.ts';

type Reject = ReadPage['rejects'][number];
type Row = Record<string, unknown>;

/** What says of which table the row behind a lookup is. */
export const tableAnnotation = 'Microsoft.Dynamics.CRM.lookuplogicalname';

/**
 * Numbers of decimal fields with more digits than a double keeps are put in quotes before the text is parsed. Inside a string the
 * closing quote of the name would stand behind a backslash, so no value can be mistaken for a field.
 */
export function quoteExactNumbers(text: string, chosen: readonly Chosen[], raw: ReadonlySet<string>): string {
  const names = (test: (one: Chosen) => boolean): string[] => chosen.filter(test).map(({ wire }) => wire.property);
  const long = quoteNumbers(
    text,
    names(({ wire }) => wire.field.type === 'decimal'),
    '-?[\\d.]{16,}(?:[eE][+-]?\\d+)?',
  );
  return quoteNumbers(
    long,
    names(({ name }) => raw.has(name)),
    '-?\\d[\\d.]*(?:[eE][+-]?\\d+)?',
  );
}

function quoteNumbers(text: string, names: readonly string[], number: string): string {
  return names.length === 0 ? text : text.replace(new RegExp(`"(${names.join('|')})":(${number})`, 'g'), '"$1":"$2"');
}

export type Converted = Pick<ReadPage, 'rows' | 'rejects' | 'cleaned'>;

/** `raw` are fields whose cells are the text that came. */
export function convertRows(
  rows: readonly unknown[],
  chosen: readonly Chosen[],
  raw: ReadonlySet<string>,
  primaryId: string,
): Converted {
  const page: Converted = { rows: [], rejects: [], cleaned: 0 };
  for (const row of rows) convertRow(row, chosen, raw, primaryId, page);
  return page;
}

function convertRow(
  row: unknown,
  chosen: readonly Chosen[],
  raw: ReadonlySet<string>,
  primaryId: string,
  page: Converted,
): void {
  const id = typeof row === 'object' && row !== null ? (row as Row)[primaryId] : undefined;
  if (typeof id !== 'string' || id === '') {
    page.rejects.push(malformed(row, null, 'it has no id', [primaryId]));
    return;
  }
  const cells: Cell[] = new Array(chosen.length);
  const wrong: { field: string; reason: string }[] = [];
  chosen.forEach((one, at) => {
    const converted = toTypedCell(one, raw.has(one.name), valueAt(row as Row, one), page);
    if (converted.ok) cells[at] = converted.value;
    else wrong.push({ field: one.name, reason: converted.reason });
  });
  if (wrong.length === 0) page.rows.push(cells);
  else {
    const said = wrong.map(({ field, reason }) => `${field}: ${reason}`).join('; ');
    page.rejects.push(
      malformed(
        row,
        id,
        said,
        wrong.map(({ field }) => field),
      ),
    );
  }
}

/** A missing parent gives null, like a missing value; so does a lookup that leads to another table than the field's. */
function valueAt(row: Row, { path, wire }: Chosen): unknown {
  let parent: unknown = row;
  for (const way of path) {
    if (parent === null || parent === undefined) return null;
    parent = (parent as Row)[way];
  }
  if (parent === null || parent === undefined) return null;
  const value = (parent as Row)[wire.property];
  if (!wire.way?.isOneOfSeveral || value === null) return value;
  return (parent as Row)[`${wire.property}@${tableAnnotation}`] === wire.way.target.name ? value : null;
}

const stamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function toTypedCell({ wire }: Chosen, isRaw: boolean, raw: unknown, page: Converted): ReturnType<typeof toCell> {
  if (raw === null || raw === undefined || raw === '') return { ok: true, value: null };
  const type = isRaw ? 'text' : wire.field.type;
  if (type === 'text') {
    if (typeof raw === 'object') return { ok: false, reason: 'an object is not a text' };
    return typeof raw === 'string'
      ? { ok: true, value: toText(wire.kind === 'choices' && !isRaw ? raw.replaceAll(',', ';') : raw, page) }
      : toCell('text', raw);
  }
  // The form in which nearly all come; the general reader is five times slower.
  if (type === 'datetime' && typeof raw === 'string' && stamp.test(raw) && !Number.isNaN(Date.parse(raw)))
    return { ok: true, value: `${raw.slice(0, 19)}.000Z` };
  return toCell(type, raw);
}

function toText(raw: string, page: Converted): string | null {
  const { text, cleaned } = cleanText(raw);
  if (cleaned) page.cleaned += 1;
  return text === '' ? null : text;
}

/** A row that cannot be delivered. */
function malformed(row: unknown, id: string | null, message: string, fields: string[]): Reject {
  const kept = toCell('json', row ?? null);
  const record = kept.ok ? kept.value : null;
  return { record, id, code: 'RECORD_MALFORMED', symbol: 'RECORD_MALFORMED', message, fields };
}
