/** Cells as plain JavaScript sees them: brought to one type, and compared. */
import { type Cell, type ColumnType, canonicalText } from '../../../contract/types.ts';

export interface Typed {
  cell: Cell;
  type: ColumnType | null;
}

const numeric = new Set<ColumnType>(['integer', 'number', 'decimal']);

export function commonType(types: (ColumnType | null)[]): ColumnType | null {
  const known = [...new Set(types.filter((type) => type !== null))];
  if (known.length < 2) return known[0] ?? null;
  if (!known.every((type) => numeric.has(type))) return 'text';
  return known.includes('decimal') ? 'decimal' : 'number';
}

export function convert({ cell, type }: Typed, wanted: ColumnType | null): Cell {
  if (cell === null || type === null || wanted === null || type === wanted) return cell;
  if (wanted === 'text') return canonicalText(type, cell);
  if (wanted === 'number') return Number(cell);
  if (wanted === 'decimal') return decimalText(Number(cell), cell);
  throw new Error(`no conversion from ${type} to ${wanted}`);
}

function decimalText(number: number, cell: Cell): string {
  if (typeof cell === 'string' || Number.isSafeInteger(number)) return String(cell);
  const [digits = '', exponent = '0'] = number.toExponential().replace('-', '').split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const shift = Number(number.toExponential().split('e')[1] ?? exponent);
  const all = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? `0.${'0'.repeat(-point)}${all}` : all.padEnd(point, '0');
  const text = point <= 0 || point >= all.length ? padded : `${all.slice(0, point)}.${all.slice(point)}`;
  return `${number < 0 ? '-' : ''}${text}`;
}

/** Neither is null. */
export function compareCells(type: ColumnType | null, a: Cell, b: Cell): number {
  if (type === 'integer') return compareWith(BigInt(a as string), BigInt(b as string));
  if (type === 'number' || type === 'boolean') return compareWith(Number(a), Number(b));
  if (type === 'decimal') return compareDecimals(String(a), String(b));
  const [left, right] = [canonicalText(type ?? 'text', a) ?? '', canonicalText(type ?? 'text', b) ?? ''];
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const compareWith = <T extends bigint | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function compareDecimals(a: string, b: string): number {
  const scale = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0));
  const scaled = (text: string) => {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(scale, '0'));
  };
  return compareWith(scaled(a), scaled(b));
}
