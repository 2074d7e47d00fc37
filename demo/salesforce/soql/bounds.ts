import { MAX_ROWS } from '../ids.ts';
import { type KeyRange, rangeOf } from '../store/stampOrder.ts';
import type { StampField, Table } from '../store/table.ts';
import type { Bound, BoundTest } from './evaluate.ts';

/** Limits on stamp and row; all four included. */
interface Box {
  fromStamp: number;
  toStamp: number;
  fromRow: number;
  toRow: number;
}

/** What a condition says of one stamp field and of Id. `exact`: it says nothing else, so no row need be tested. */
export interface Bounds {
  boxes: Box[];
  exact: boolean;
}

const FIRST_ROW = 0;
const LAST_ROW = MAX_ROWS - 1;
const EVERYTHING: Box = { fromStamp: -Infinity, toStamp: Infinity, fromRow: FIRST_ROW, toRow: LAST_ROW };
const MOST_BOXES = 64;

export function boundsOf(table: Table, stampField: StampField, condition: Bound | null): Bounds {
  if (condition === null) return { boxes: [EVERYTHING], exact: true };
  switch (condition.kind) {
    case 'and':
      return condition.items.map((item) => boundsOf(table, stampField, item)).reduce(intersect);
    case 'or':
      return condition.items.map((item) => boundsOf(table, stampField, item)).reduce(unite);
    case 'not':
      return { boxes: [EVERYTHING], exact: false };
    case 'test':
      return testBounds(table, stampField, condition) ?? { boxes: [EVERYTHING], exact: false };
  }
}

function intersect(a: Bounds, b: Bounds): Bounds {
  const boxes = a.boxes.flatMap((one) => b.boxes.map((other) => overlap(one, other))).filter((box) => !isEmpty(box));
  return limit({ boxes, exact: a.exact && b.exact });
}

function unite(a: Bounds, b: Bounds): Bounds {
  return limit({ boxes: [...a.boxes, ...b.boxes], exact: a.exact && b.exact });
}

function limit(bounds: Bounds): Bounds {
  return bounds.boxes.length > MOST_BOXES ? { boxes: [EVERYTHING], exact: false } : bounds;
}

function overlap(a: Box, b: Box): Box {
  return {
    fromStamp: Math.max(a.fromStamp, b.fromStamp),
    toStamp: Math.min(a.toStamp, b.toStamp),
    fromRow: Math.max(a.fromRow, b.fromRow),
    toRow: Math.min(a.toRow, b.toRow),
  };
}

function isEmpty(box: Box): boolean {
  return box.fromStamp > box.toStamp || box.fromRow > box.toRow;
}

function testBounds(table: Table, stampField: StampField, test: BoundTest): Bounds | null {
  const { column, operator, operands } = test;
  const operand = operands[0];
  if (column.through.length > 0 || operands.length !== 1) return null;
  if (column.field.name === stampField) {
    if (typeof operand === 'number') return stampBox(operator, operand, operand);
    if (operand !== null && typeof operand === 'object')
      return stampBox(operator, Number(operand.from), Number(operand.to) - 1);
  }
  return column.field.name === 'Id' && typeof operand === 'string' ? idBox(table, operator, operand) : null;
}

/** Stamps are whole seconds: a bound between two of them is moved to the nearer one inside. */
function stampBox(operator: string, from: number, to: number): Bounds | null {
  const box = (fromStamp: number, toStamp: number): Bounds => ({
    boxes: fromStamp > toStamp ? [] : [{ ...EVERYTHING, fromStamp, toStamp }],
    exact: true,
  });
  switch (operator) {
    case '=':
      return box(Math.ceil(from), Math.floor(to));
    case '<':
      return box(-Infinity, Math.ceil(from) - 1);
    case '<=':
      return box(-Infinity, Math.floor(to));
    case '>':
      return box(Math.floor(to) + 1, Infinity);
    case '>=':
      return box(Math.ceil(from), Infinity);
    default:
      return null;
  }
}

/** Rows stand in the order of their ids, so a limit on ids is a limit on rows. */
function idBox(table: Table, operator: string, id: string): Bounds | null {
  const first = firstRowFrom(table, id);
  const after = first < table.rows && table.idOf(first) === id ? first + 1 : first;
  const box = (fromRow: number, toRow: number): Bounds => ({
    boxes: fromRow > toRow ? [] : [{ ...EVERYTHING, fromRow, toRow }],
    exact: true,
  });
  switch (operator) {
    case '<':
      return box(FIRST_ROW, first - 1);
    case '<=':
      return box(FIRST_ROW, after - 1);
    case '>':
      return box(after, LAST_ROW);
    case '>=':
      return box(first, LAST_ROW);
    default:
      return null;
  }
}

/** The first row whose id is not less than an id, by halving. */
function firstRowFrom(table: Table, id: string): number {
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table.idOf(middle) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of all boxes, when no box limits stamps. */
export function rowSpan({ boxes }: Bounds): { from: number; to: number } | null {
  if (boxes.length !== 1 || boxes[0]!.fromStamp !== -Infinity || boxes[0]!.toStamp !== Infinity) return null;
  return { from: boxes[0]!.fromRow, to: boxes[0]!.toRow };
}

/** The boxes as ranges of the order by stamp and Id, and whether these hold nothing beside the boxes. */
export function keyRanges({ boxes, exact }: Bounds): { ranges: KeyRange[]; exact: boolean } {
  const spansRows = (box: Box): boolean => box.fromRow === FIRST_ROW && box.toRow === LAST_ROW;
  const exactBoxes = boxes.every((box) => box.fromStamp === box.toStamp || spansRows(box));
  const ranges = boxes.map((box) =>
    box.fromStamp === box.toStamp
      ? rangeOf(box.fromStamp, box.fromRow, box.toStamp, box.toRow)
      : rangeOf(box.fromStamp, FIRST_ROW, box.toStamp, LAST_ROW),
  );
  return { ranges: mergeRanges(ranges), exact: exact && exactBoxes };
}

function mergeRanges(ranges: KeyRange[]): KeyRange[] {
  const merged: KeyRange[] = [];
  for (const range of ranges.filter(({ from, to }) => from <= to).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else merged.push({ ...range });
  }
  return merged;
}
