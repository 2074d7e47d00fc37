/** How a cell is written: for reading on screen, and as the exact text for copying. */
import { type Cell, type Column, type ColumnType, canonicalText } from '../../../contract/types.ts';

const rightAligned: readonly ColumnType[] = ['integer', 'number', 'decimal'];
export const isNumeric = (type: ColumnType): boolean => rightAligned.includes(type);

/** What the server sends in place of a personal value that the signed-in person may not see. */
const mask = '•••';
export const isMasked = (column: Column, cell: unknown): boolean => column.personal === true && cell === mask;

/** "12,480.5" for 12480.5 and "12480.5": digits grouped, none lost. Anything else as it is. */
function groupDigits(text: string): string {
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!match) return text;
  return `${match[1]}${(match[2] ?? '').replace(/\B(?=(\d{3})+$)/g, ',')}${match[3] ?? ''}`;
}

export function showCell(type: ColumnType, cell: unknown): string {
  if (cell === null || cell === undefined) return 'null';
  if (isNumeric(type)) return groupDigits(String(cell));
  if (type === 'datetime' && typeof cell === 'string') return cell.replace('T', ' ').replace(/(\.000)?Z$/, '');
  return copyCell(type, cell);
}

export function copyCell(type: ColumnType, cell: unknown): string {
  return canonicalText(type, (cell ?? null) as Cell) ?? '';
}

const widest = 340;
const narrowest = 76;

/** About how wide a text is in the grid's font: wide scripts, capitals and digits, the rest. */
function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (letter >= '\u2e80') width += 13;
    else width += /[A-Z0-9@%mw_]/.test(letter) ? 8.3 : 6.8;
  }
  return width;
}

/** A width in pixels that shows the head and most of the first rows. */
export function fitWidth(column: Column, cells: readonly unknown[]): number {
  const head = textWidth(column.label || column.name) + column.type.length * 6 + 58;
  const texts = cells.map((cell) => textWidth(showCell(column.type, cell).slice(0, 80)) + 28);
  return Math.round(Math.min(widest, Math.max(narrowest, head, ...texts)));
}
