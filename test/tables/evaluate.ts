/**
 * Relations evaluated in plain JavaScript, row by row: what the compiler is compared with. Slow and simple on purpose, and
 * written without looking at SQL.
 */
import {
  type Expr,
  type Order,
  type Predicate,
  type Relation,
  relationColumns,
  type TableRef,
} from '../../contract/relation.ts';
import { type Cell, type Column, type ColumnType, canonicalText, foldText } from '../../contract/types.ts';

export interface Row {
  /** null behind groups and unions. */
  id: number | null;
  /** null: a new record. */
  rid: string | null;
  cells: Cell[];
}

export interface World {
  table(ref: TableRef): Row[];
  local(name: string): { columns: Column[]; rows: Cell[][] } | undefined;
}

interface Typed {
  cell: Cell;
  type: ColumnType | null;
}

const numeric = new Set<ColumnType>(['integer', 'number', 'decimal']);

function commonType(types: (ColumnType | null)[]): ColumnType | null {
  const known = [...new Set(types.filter((type) => type !== null))];
  if (known.length < 2) return known[0] ?? null;
  if (!known.every((type) => numeric.has(type))) return 'text';
  return known.includes('decimal') ? 'decimal' : 'number';
}

export function typeOfExpr(expr: Expr, columns: Column[]): ColumnType | null {
  switch (expr.op) {
    case 'column':
      return columns.find(({ name }) => name === expr.name)?.type ?? null;
    case 'rowId':
      return 'integer';
    case 'literal':
      return expr.value === null ? null : expr.type;
    case 'case':
      return commonType([...expr.when.map(({ give }) => typeOfExpr(give, columns)), typeOfExpr(expr.else, columns)]);
    case 'call':
      if (expr.fn === 'length') return 'integer';
      return expr.fn === 'coalesce' ? commonType(expr.args.map((arg) => typeOfExpr(arg, columns))) : 'text';
  }
}

function convert({ cell, type }: Typed, wanted: ColumnType | null): Cell {
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

const texts: Record<string, (text: string) => string | null> = {
  text: (text) => text,
  trim: (text) => text.trim(),
  collapse: (text) => text.trim().split(/\s+/u).join(' '),
  fold: foldText,
  unaccent: (text) => foldText(text).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
  email: (text) => foldText(text.trim()) || null,
};

class Evaluator {
  readonly columns: Column[];
  readonly row: Row;

  constructor(columns: Column[], row: Row) {
    this.columns = columns;
    this.row = row;
  }

  value(expr: Expr): Typed {
    return { type: typeOfExpr(expr, this.columns), cell: this.cell(expr) };
  }

  as(expr: Expr, type: ColumnType | null): Cell {
    return convert(this.value(expr), type);
  }

  text(expr: Expr): string | null {
    return this.as(expr, 'text') as string | null;
  }

  cell(expr: Expr): Cell {
    switch (expr.op) {
      case 'column':
        return this.row.cells[this.columns.findIndex(({ name }) => name === expr.name)] ?? null;
      case 'rowId':
        return this.row.id;
      case 'literal':
        return expr.value;
      case 'case': {
        const found = expr.when.find((branch) => this.test(branch.if) === true);
        return this.as(found ? found.give : expr.else, typeOfExpr(expr, this.columns));
      }
      case 'call':
        return this.call(expr);
    }
  }

  call(expr: Expr & { op: 'call' }): Cell {
    if (expr.fn === 'coalesce') {
      const type = typeOfExpr(expr, this.columns);
      return expr.args.map((arg) => this.as(arg, type)).find((cell) => cell !== null) ?? null;
    }
    if (expr.fn === 'concat') return expr.args.map((arg) => this.text(arg) ?? '').join('');
    const text = this.text(expr.args[0] as Expr);
    if (text === null) return null;
    return expr.fn === 'length' ? [...text].length : (texts[expr.fn]?.(text) ?? null);
  }

  /** null: unknown. */
  test(where: Predicate): boolean | null {
    switch (where.op) {
      case 'and':
        return where.items.map((item) => this.test(item)).reduce(both, true);
      case 'or':
        return not(where.items.map((item) => not(this.test(item))).reduce(both, true));
      case 'not':
        return not(this.test(where.item));
      case 'isNull':
        return this.cell(where.value) === null;
      case 'isNotNull':
        return this.cell(where.value) !== null;
      case 'in':
        return this.isIn(where);
      case 'contains':
      case 'startsWith': {
        const text = this.text(where.value);
        if (text === null) return null;
        const [subject, wanted] = [foldText(text), foldText(where.text)];
        return where.op === 'contains' ? subject.includes(wanted) : subject.startsWith(wanted);
      }
      default:
        return this.compare(where.op, where.left, where.right);
    }
  }

  isIn({ value, list, type }: Predicate & { op: 'in' }): boolean | null {
    const common = commonType([typeOfExpr(value, this.columns), type]);
    const wanted = list.filter((cell) => cell !== null).map((cell) => convert({ cell, type }, common));
    if (wanted.length === 0) return false;
    const cell = this.as(value, common);
    return cell === null ? null : wanted.some((one) => compareCells(common, one, cell) === 0);
  }

  compare(op: string, left: Expr, right: Expr): boolean | null {
    const type = commonType([typeOfExpr(left, this.columns), typeOfExpr(right, this.columns)]);
    const [a, b] = [this.as(left, type), this.as(right, type)];
    if (op === 'same' || op === 'different') {
      const same = a === null || b === null ? a === b : compareCells(type, a, b) === 0;
      return op === 'same' ? same : !same;
    }
    if (a === null || b === null) return null;
    const order = compareCells(type, a, b);
    const results: Record<string, boolean> = {
      eq: order === 0,
      ne: order !== 0,
      lt: order < 0,
      le: order <= 0,
      gt: order > 0,
      ge: order >= 0,
    };
    return results[op] ?? null;
  }
}

const not = (value: boolean | null): boolean | null => (value === null ? null : !value);
function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
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

export function evaluate(world: World, relation: Relation): Row[] {
  const columns = relationColumns(relation);
  switch (relation.op) {
    case 'scan': {
      const { from = 0, to = Number.MAX_SAFE_INTEGER, table } = relation;
      return world.table(table).filter(({ id }) => id !== null && id > from && id <= to);
    }
    case 'local':
      return localRows(world, relation);
    case 'filter':
      return evaluate(world, relation.input).filter((row) => new Evaluator(columns, row).test(relation.where) === true);
    case 'project':
      return projectRows(world, relation);
    case 'rank':
      return rankRows(world, relation);
    case 'sort': {
      const rows = evaluate(world, relation.input);
      return [...rows].sort(byOrder(columns, relation.order));
    }
    case 'limit':
      return evaluate(world, relation.input).slice(0, Math.max(0, relation.count));
    case 'join':
      return joinRows(world, relation);
    case 'group':
      return groupRows(world, relation);
    case 'set':
      return setRows(world, relation);
  }
}

function localRows(world: World, { table, columns }: Relation & { op: 'local' }): Row[] {
  const found = world.local(table);
  return (found?.rows ?? []).map((cells, index) => ({
    id: index + 1,
    rid: null,
    cells: columns.map(({ name }) => cells[found?.columns.findIndex((one) => one.name === name) ?? -1] ?? null),
  }));
}

function projectRows(world: World, relation: Relation & { op: 'project' }): Row[] {
  const columns = relationColumns(relation.input);
  return evaluate(world, relation.input).map((row) => {
    const evaluator = new Evaluator(columns, row);
    const own = relation.columns.map(({ expr, type }) => evaluator.as(expr, type));
    return { ...row, cells: relation.keep ? [...row.cells, ...own] : own };
  });
}

/** Nulls first unless said; the sort is stable, so ties stay as they were. */
function byOrder(columns: Column[], orders: Order[]) {
  return (left: Row, right: Row): number => {
    for (const { by, direction, nulls = 'first' } of orders) {
      const type = typeOfExpr(by, columns);
      const [a, b] = [new Evaluator(columns, left).cell(by), new Evaluator(columns, right).cell(by)];
      if (a === null && b === null) continue;
      if (a === null || b === null) return (a === null) === (nulls === 'first') ? -1 : 1;
      const order = compareCells(type, a, b);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return 0;
  };
}

function keyOf(columns: Column[], row: Row, exprs: Expr[]): string {
  const evaluator = new Evaluator(columns, row);
  return JSON.stringify(exprs.map((expr) => evaluator.text(expr)));
}

function rankRows(world: World, { input, partition, order }: Relation & { op: 'rank' }): Row[] {
  const columns = relationColumns(input);
  const rows = evaluate(world, input);
  const places = new Map<Row, number>();
  for (const group of Map.groupBy(rows, (row) => keyOf(columns, row, partition)).values())
    [...group].sort(byOrder(columns, order)).forEach((row, index) => {
      places.set(row, index + 1);
    });
  return rows.map((row) => ({ ...row, cells: [...row.cells, places.get(row) ?? null] }));
}

function matches(left: { columns: Column[]; row: Row }, right: { columns: Column[]; row: Row }, on: JoinOn): boolean {
  return on.every((pair) => {
    const type = commonType([typeOfExpr(pair.left, left.columns), typeOfExpr(pair.right, right.columns)]);
    const a = new Evaluator(left.columns, left.row).as(pair.left, type);
    const b = new Evaluator(right.columns, right.row).as(pair.right, type);
    if (a === null || b === null) return a === b && (pair.nullSafe ?? false);
    return compareCells(type, a, b) === 0;
  });
}
type JoinOn = (Relation & { op: 'join' })['on'];

function joinRows(world: World, { kind, left, right, on, columns = [] }: Relation & { op: 'join' }): Row[] {
  const [leftColumns, rightColumns] = [relationColumns(left), relationColumns(right)];
  const rights = evaluate(world, right);
  return evaluate(world, left).flatMap((row): Row[] => {
    const partners = rights.filter((one) =>
      matches({ columns: leftColumns, row }, { columns: rightColumns, row: one }, on),
    );
    if (kind === 'semi') return partners.length > 0 ? [row] : [];
    if (kind === 'anti') return partners.length > 0 ? [] : [row];
    const chosen = (partner: Row | null) =>
      columns.map(({ from, as }) => {
        if (!partner) return null;
        return new Evaluator(rightColumns, partner).as({ op: 'column', name: from }, as.type);
      });
    if (partners.length === 0) return kind === 'left' ? [{ ...row, cells: [...row.cells, ...chosen(null)] }] : [];
    return partners.map((partner) => ({ ...row, cells: [...row.cells, ...chosen(partner)] }));
  });
}

/** Thrown where a sum would leave the range of its type on the way. */
export class Overflow extends Error {}

function groupRows(world: World, { input, by, aggregates }: Relation & { op: 'group' }): Row[] {
  const columns = relationColumns(input);
  const rows = evaluate(world, input);
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

function setRows(world: World, relation: Relation & { op: 'set' }): Row[] {
  const columns = relationColumns(relation);
  const inputs = relation.inputs.map((input) => aligned(world, columns, input));
  const by = relation.by.length > 0 ? relation.by : columns.map(({ name }) => name);
  const exprs = by.map((name): Expr => ({ op: 'column', name }));
  const key = (row: Row) => keyOf(columns, row, exprs);
  const [first = [], ...others] = inputs;
  if (relation.kind === 'unionAll') return inputs.flat().map((row) => ({ ...row, id: null }));
  if (relation.kind === 'union') {
    const groups = Map.groupBy(inputs.flat(), key);
    return [...groups.values()].map((rows) => ({ ...(rows[0] as Row), id: null }));
  }
  const sets = others.map((rows) => new Set(rows.map(key)));
  if (relation.kind === 'intersect') return first.filter((row) => sets.every((set) => set.has(key(row))));
  return first.filter((row) => sets.every((set) => !set.has(key(row))));
}

function aligned(world: World, columns: Column[], input: Relation): Row[] {
  const own = relationColumns(input);
  return evaluate(world, input).map((row) => ({
    ...row,
    cells: columns.map(({ name, type }) => {
      const place = own.findIndex((one) => one.name === name);
      return place < 0 ? null : convert({ cell: row.cells[place] ?? null, type: own[place]?.type ?? null }, type);
    }),
  }));
}
