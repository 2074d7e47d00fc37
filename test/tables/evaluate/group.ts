/** Groups and their aggregates. */
import { type Relation, relationColumns } from '../../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../../contract/types.ts';
import { compareCells, convert } from './cells.ts';
import { Evaluator, type Row, typeOfExpr } from './expression.ts';
import { byOrder, keyOf } from './rows.ts';

/** Thrown where a sum would leave the range of its type on the way. */
export class Overflow extends Error {}

export function groupRows(rows: Row[], { input, by, aggregates }: Relation & { op: 'group' }): Row[] {
  const columns = relationColumns(input);
  const keys = by.map(({ expr }) => expr);
  const groups = [...Map.groupBy(rows, (row) => keyOf(columns, row, keys)).values()];
  if (by.length === 0 && groups.length === 0) groups.push([]);
  return groups.map((group) => ({
    id: null,
    rid: null,
    cells: [
      ...by.map(({ expr, type }) => new Evaluator(columns, group[0] as Row).as(expr, type)),
      ...aggregates.map((aggregate) => aggregated(columns, group, aggregate)),
    ],
  }));
}

function aggregated(columns: Column[], group: Row[], { fn, of, order = [], type: wanted }: Aggregate): Cell {
  if (!of) return group.length;
  const type = typeOfExpr(of, columns);
  const cells = group.map((row) => new Evaluator(columns, row).cell(of));
  const present = cells.filter((cell) => cell !== null);
  if (fn === 'count') return present.length;
  const sorted = [...group].sort(byOrder(columns, order));
  const edge = fn === 'first' ? sorted[0] : sorted.at(-1);
  if (fn === 'first' || fn === 'last')
    return edge ? convert({ cell: new Evaluator(columns, edge).cell(of), type }, wanted) : null;
  if (present.length === 0) return null;
  if (fn === 'sum') return convert({ cell: sumOf(type, present), type }, wanted);
  const best = present.reduce((a, b) => {
    const order = compareCells(type, b, a);
    return (fn === 'max' ? order > 0 : order < 0) ? b : a;
  });
  return convert({ cell: best, type }, wanted);
}
type Aggregate = (Relation & { op: 'group' })['aggregates'][number];

function sumOf(type: ColumnType | null, cells: Cell[]): Cell {
  if (type === 'number') return cells.reduce<number>((sum, cell) => sum + Number(cell), 0);
  if (type === 'integer') {
    const values = cells.map((cell) => BigInt(cell as string));
    if (values.reduce((sum, value) => sum + (value < 0n ? -value : value), 0n) >= 2n ** 63n) throw new Overflow();
    const sum = Number(values.reduce((total, value) => total + value, 0n));
    return Number.isSafeInteger(sum) ? sum : String(values.reduce((total, value) => total + value, 0n));
  }
  const scale = Math.max(...cells.map((cell) => String(cell).split('.')[1]?.length ?? 0));
  const total = cells.reduce<bigint>((sum, cell) => {
    const [whole = '', fraction = ''] = String(cell).split('.');
    return sum + BigInt(whole + fraction.padEnd(scale, '0'));
  }, 0n);
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '');
  return total < 0n ? `-${text}` : text;
}
