/** Rows as lines of delimited text, and what spreadsheets and receivers ask of them. */
import type { Cell, ColumnType } from '../../contract/types.ts';
import { canonicalText } from '../../contract/types.ts';

const separators = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
type SeparatorName = keyof typeof separators | 'other';
export const separatorNames = [
  'comma',
  'semicolon',
  'tab',
  'pipe',
  'other',
] as const satisfies readonly SeparatorName[];

/** The character that a setting means; a comma where "other" names none. */
export const separatorOf = (name: SeparatorName, other: string): string =>
  name === 'other' ? other || ',' : separators[name];

export interface DelimitedStyle {
  separator: string;
  /** `always`: every text, also an empty one; null never is. */
  quotes: 'needed' | 'always' | 'never';
  lineEnd: '\r\n' | '\n';
  /** An apostrophe in front of text that a spreadsheet would take for a formula. */
  disarm: boolean;
}

export interface WrittenColumn {
  type: ColumnType;
  /** In place of the canonical text; not called for null. */
  format?: (cell: Cell) => string;
}

/**
 * Gives each row as a line; null is an empty field, and an empty text a quoted one where quotes are allowed. Where null is the
 * only field, it is quoted too: the line would be blank otherwise, and be taken for none.
 */
export function lineWriter(columns: readonly WrittenColumn[], style: DelimitedStyle): (row: readonly Cell[]) => string {
  const field = fieldWriter(style);
  const texts = columns.map(({ type, format }) => format ?? ((cell: Cell) => canonicalText(type, cell) ?? ''));
  const armed = columns.map(({ type }) => type === 'text' || type === 'json');
  const alone = columns.length === 1 && style.quotes !== 'never' ? `""${style.lineEnd}` : null;
  return (row) => {
    if (alone !== null && (row[0] ?? null) === null) return alone;
    let line = '';
    for (let index = 0; index < columns.length; index += 1) {
      const cell = row[index] ?? null;
      if (index > 0) line += style.separator;
      if (cell !== null) line += field((texts[index] as (cell: Cell) => string)(cell), armed[index] === true);
    }
    return line + style.lineEnd;
  };
}

/** The line of names above the rows. */
export function headerLine(names: readonly string[], style: DelimitedStyle): string {
  const field = fieldWriter(style);
  return names.map((name) => field(name, true)).join(style.separator) + style.lineEnd;
}

function fieldWriter({ separator, quotes, disarm }: DelimitedStyle): (text: string, armed: boolean) => string {
  const special = new RegExp(`["\\r\\n${separator.replace(/[\\\]^-]/g, '\\$&')}]`);
  return (text, armed) => {
    const safe = disarm && armed && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    if (quotes === 'never') return safe;
    if (quotes === 'needed' && safe !== '' && !special.test(safe)) return safe;
    return `"${safe.replaceAll('"', '""')}"`;
  };
}
