/** Random rows and random relations over them, drawn through fast-check so that failures shrink. */
import fc from 'fast-check';
import {
  type Expr,
  type Order,
  type Predicate,
  type ProjectedColumn,
  type Relation,
  relationColumns,
  type TableRef,
} from '../../contract/relation.ts';
import type { Cell, Column, ColumnType } from '../../contract/types.ts';
import { typeOfExpr } from './evaluate/expression.ts';

export type Draw = fc.GeneratorValue;

/** Few values per type, so that rows meet; chosen for what databases and JavaScript see differently. */
export const pools: Record<ColumnType, Cell[]> = {
  text: [
    '',
    'a',
    'A',
    ' a',
    'a  b',
    'a b',
    'Ä',
    'ä',
    'a\u0308',
    'ß',
    'İ',
    '\u212a',
    'k',
    '\u00a0k\u3000',
    'x\ty',
    '%_*[',
    '😀',
    '\ufffd',
    '10',
    '9',
    "o'x",
    'true',
  ],
  integer: [0, 1, -1, 9, 10, 2 ** 53 - 1, '9223372036854775807', '-9223372036854775808', '9007199254740993'],
  number: [0, 0.5, -0.25, 1, 9.75, 10, 123.45, 0.1, 1e21, 5e-324, -1.7976931348623157e308, 1e-7],
  decimal: ['0', '1', '-1', '0.5', '-12.5', '-12.45', '9', '10', '100000000000000000000.01', '-0.000001'],
  boolean: [true, false],
  date: ['2024-01-31', '2023-12-01', '0099-05-05'],
  datetime: ['2024-01-31T23:30:00.000Z', '2024-01-31T23:30:00.001Z'],
  json: [1, 'a', [1, 'ä'], { b: 1, a: [null] }, true, { a: 'A' }],
};
const types = Object.keys(pools) as ColumnType[];

const drawCell = (g: Draw, type: ColumnType): Cell =>
  g(fc.integer, { min: 0, max: 4 }) === 0 ? null : pick(g, pools[type]);

function pick<T>(g: Draw, items: readonly T[]): T {
  return items[g(fc.integer, { min: 0, max: items.length - 1 })] as T;
}

const chance = (g: Draw, oneIn: number): boolean => g(fc.integer, { min: 1, max: oneIn }) === 1;
const upTo = (g: Draw, max: number): number => g(fc.integer, { min: 0, max });
const several = <T>(g: Draw, min: number, max: number, draw: () => T): T[] =>
  Array.from({ length: g(fc.integer, { min, max }) }, draw);

/** Names that are awkward in SQL. */
const awkward = ['select', 'Account.Name', 'a"b', "a'b", 'x;--', 'C1', 'c1', '_id', 'ü'];

export const drawColumns = (g: Draw, count: number): Column[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `${pick(g, awkward)}${index}`;
    return { name, label: '', type: pick(g, types) };
  });

export const drawRows = (g: Draw, columns: Column[], max: number): Cell[][] =>
  several(g, 0, max, () => columns.map(({ type }) => drawCell(g, type)));

export interface Leaves {
  tables: TableRef[];
  locals: { name: string; columns: Column[] }[];
}

/** What expressions can be drawn from. */
interface From {
  columns: Column[];
  rowId: boolean;
}

const fromOf = (relation: Relation): From => ({ columns: relationColumns(relation), rowId: hasRowId(relation) });

function hasRowId(relation: Relation): boolean {
  if (relation.op === 'scan' || relation.op === 'local') return true;
  if (relation.op === 'group') return false;
  if (relation.op === 'join') return hasRowId(relation.left);
  if (relation.op !== 'set') return hasRowId(relation.input);
  const [first] = relation.inputs;
  return (relation.kind === 'intersect' || relation.kind === 'except') && first !== undefined && hasRowId(first);
}

/** Draws relations whose columns have names of their own. */
export class RelationDraw {
  readonly #g: Draw;
  readonly #leaves: Leaves;
  readonly #suffix: string;
  #names = 0;

  /** Two draws whose relations meet need suffixes that differ. */
  constructor(g: Draw, leaves: Leaves, suffix = '') {
    this.#suffix = suffix;
    this.#g = g;
    this.#leaves = leaves;
  }

  relation(depth: number): Relation {
    if (depth === 0) return this.#leaf();
    const g = this.#g;
    const op = pick(g, ['leaf', 'filter', 'project', 'rank', 'sort', 'limit', 'join', 'group', 'set'] as const);
    switch (op) {
      case 'leaf':
        return this.#leaf();
      case 'filter': {
        const input = this.relation(depth - 1);
        return { op, input, where: this.#predicate(fromOf(input), 2) };
      }
      case 'project':
        return this.#project(this.relation(depth - 1));
      case 'rank': {
        const input = this.relation(depth - 1);
        const partition = several(g, 0, 2, () => this.#expr(fromOf(input), 2));
        return { op, input, partition, order: this.#orders(fromOf(input)), as: this.#name() };
      }
      case 'sort': {
        const input = this.relation(depth - 1);
        return { op, input, order: this.#orders(fromOf(input)) };
      }
      case 'limit':
        return { op, input: this.relation(depth - 1), count: upTo(g, 6) };
      case 'join':
        return this.#join(depth);
      case 'group':
        return this.#group(this.relation(depth - 1));
      case 'set':
        return this.#set(depth);
    }
  }

  #name(): string {
    this.#names += 1;
    return `${pick(this.#g, awkward)} ${this.#names}${this.#suffix}`;
  }

  #leaf(): Relation {
    const g = this.#g;
    if (chance(g, 5)) {
      const { name, columns } = pick(g, this.#leaves.locals);
      return { op: 'local', table: name, columns };
    }
    const table = pick(g, this.#leaves.tables);
    if (chance(g, 3)) return { op: 'scan', table, from: upTo(g, 5), to: upTo(g, 12) };
    return { op: 'scan', table };
  }

  #project(input: Relation): Relation {
    const drawn = several(this.#g, 1, 3, () => this.#projected(fromOf(input)));
    return chance(this.#g, 2)
      ? { op: 'project', input, columns: drawn, keep: true }
      : { op: 'project', input, columns: drawn };
  }

  #projected(from: From): ProjectedColumn {
    const expr = this.#expr(from, 3);
    const type = typeOfExpr(expr, from.columns) ?? 'text';
    return { name: this.#name(), label: '', type: chance(this.#g, 4) ? 'text' : type, expr };
  }

  #join(depth: number): Relation {
    const g = this.#g;
    const [left, right] = [this.relation(depth - 1), this.relation(depth - 1)];
    const rights = relationColumns(right);
    const kind = pick(g, ['inner', 'left', 'semi', 'anti'] as const);
    const byRow = hasRowId(left) && hasRowId(right) && chance(g, 4);
    const drawn = several(g, chance(g, 6) ? 0 : 1, 2, () => ({
      left: this.#expr(fromOf(left), 2),
      right: this.#expr(fromOf(right), 2),
      ...(chance(g, 3) ? { nullSafe: true } : {}),
    }));
    const on = byRow ? [{ left: { op: 'rowId' as const }, right: { op: 'rowId' as const } }] : drawn;
    if (kind === 'semi' || kind === 'anti') return { op: 'join', kind, left, right, on };
    const columns = several(g, 0, 2, () => {
      const { name, type } = pick(g, rights);
      return { from: name, as: { name: this.#name(), label: '', type: chance(g, 4) ? ('text' as const) : type } };
    });
    return { op: 'join', kind, left, right, on, columns };
  }

  #group(input: Relation): Relation {
    const g = this.#g;
    const from = fromOf(input);
    const aggregates = several(g, 1, 3, () => {
      const fn = pick(g, ['count', 'min', 'max', 'sum', 'first', 'last'] as const);
      const of = this.#expr(from, 2);
      const type = typeOfExpr(of, from.columns);
      const own = { name: this.#name(), label: '' };
      const canSum = type === 'integer' || type === 'decimal';
      if (fn === 'count' || (fn === 'sum' && !canSum))
        return { ...own, type: 'integer' as const, fn: 'count' as const, ...(chance(g, 2) ? { of } : {}) };
      const wanted = type ?? 'text';
      const order = fn === 'first' || fn === 'last' ? { order: this.#orders(from) } : {};
      return { ...own, type: wanted, fn, of, ...order };
    });
    return { op: 'group', input, by: several(g, 0, 2, () => this.#projected(from)), aggregates };
  }

  /** Inputs with the same columns: what is drawn for the first, over each of them. */
  #set(depth: number): Relation {
    const g = this.#g;
    const first = this.relation(depth - 1);
    const columns = relationColumns(first);
    const filtered = (): Relation => ({ op: 'filter', input: first, where: this.#predicate(fromOf(first), 1) });
    const inputs = [first, ...several(g, 0, 2, () => (chance(g, 2) ? filtered() : this.#renamed(columns, depth)))];
    const by = several(g, 0, 2, () => pick(g, columns).name);
    return {
      op: 'set',
      kind: pick(g, ['union', 'unionAll', 'intersect', 'except'] as const),
      inputs,
      by: [...new Set(by)],
    };
  }

  /** Another relation under the names of the first; a column it has nothing for is null. */
  #renamed(columns: Column[], depth: number): Relation {
    const input = this.relation(depth - 1);
    const own = relationColumns(input);
    const renamed = columns.map((column): ProjectedColumn => {
      const fitting = own.filter(({ type }) => type === column.type);
      const expr: Expr =
        fitting.length > 0
          ? { op: 'column', name: pick(this.#g, fitting).name }
          : { op: 'literal', value: null, type: column.type };
      return { ...column, expr };
    });
    return { op: 'project', input, columns: renamed };
  }

  #orders(from: From): Order[] {
    const g = this.#g;
    return several(g, 0, 2, () => ({
      by: this.#expr(from, 1),
      direction: pick(g, ['asc', 'desc'] as const),
      ...(chance(g, 2) ? { nulls: pick(g, ['first', 'last'] as const) } : {}),
    }));
  }

  #expr(from: From, depth: number): Expr {
    const g = this.#g;
    const kind = depth === 0 ? 'column' : pick(g, ['column', 'column', 'literal', 'call', 'case'] as const);
    if (kind === 'column' && from.rowId && chance(g, 6)) return { op: 'rowId' };
    if (kind === 'column' && chance(g, 12)) return { op: 'rid' };
    if (kind === 'column' && from.columns.length > 0) return { op: 'column', name: pick(g, from.columns).name };
    if (kind === 'literal' || kind === 'column') {
      const type = pick(g, types);
      return { op: 'literal', value: drawCell(g, type), type };
    }
    if (kind === 'case') {
      if (chance(g, 3)) return this.#nothingIf(this.#expr(from, depth - 1), from);
      const when = several(g, 1, 2, () => ({ if: this.#predicate(from, 1), give: this.#expr(from, depth - 1) }));
      return { op: 'case', when, else: this.#expr(from, depth - 1) };
    }
    const fn = pick(g, [
      'trim',
      'collapse',
      'fold',
      'unaccent',
      'email',
      'text',
      'coalesce',
      'concat',
      'length',
    ] as const);
    const many = fn === 'coalesce' || fn === 'concat';
    return { op: 'call', fn, args: several(g, 1, many ? 3 : 1, () => this.#expr(from, depth - 1)) };
  }

  /** Nothing where the value is this one, else the value. */
  #nothingIf(value: Expr, from: From): Expr {
    const type = typeOfExpr(value, from.columns) ?? 'text';
    const right: Expr = { op: 'literal', value: drawCell(this.#g, type), type };
    const give: Expr = { op: 'literal', value: null, type };
    return { op: 'case', when: [{ if: { op: 'eq', left: value, right }, give }], else: value };
  }

  #predicate(from: From, depth: number): Predicate {
    const g = this.#g;
    const op = pick(g, [
      'and',
      'or',
      'not',
      'isNull',
      'isNotNull',
      'eq',
      'ne',
      'lt',
      'le',
      'gt',
      'ge',
      'same',
      'different',
      'in',
      'contains',
      'startsWith',
    ] as const);
    if (depth > 0 && (op === 'and' || op === 'or'))
      return { op, items: several(g, 0, 3, () => this.#predicate(from, depth - 1)) };
    if (depth > 0 && op === 'not') return { op, item: this.#predicate(from, depth - 1) };
    const value = this.#expr(from, depth);
    switch (op) {
      case 'isNotNull':
      case 'and':
      case 'not':
      case 'or':
        return { op: 'isNotNull', value };
      case 'isNull':
        return { op, value };
      case 'in': {
        const type = typeOfExpr(value, from.columns) ?? pick(g, types);
        return { op, value, type, list: several(g, 0, 3, () => drawCell(g, type)) };
      }
      case 'contains':
      case 'startsWith':
        return { op, value, text: String(pick(g, pools.text)) };
      default:
        return { op, left: value, right: this.#expr(from, depth) };
    }
  }
}
