/** Expressions and predicates over one row. */
import type { Expr, Predicate } from '../../../contract/relation.ts';
import { type Cell, type Column, type ColumnType, foldText } from '../../../contract/types.ts';
import { commonType, compareCells, convert, type Typed } from './cells.ts';

export interface Row {
  /** null behind groups and unions. */
  id: number | null;
  /** null: a new record. */
  rid: string | null;
  cells: Cell[];
}

export function typeOfExpr(expr: Expr, columns: Column[]): ColumnType | null {
  switch (expr.op) {
    case 'column':
      return columns.find(({ name }) => name === expr.name)?.type ?? null;
    case 'rowId':
    case 'rid':
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

const texts: Record<string, (text: string) => string | null> = {
  text: (text) => text,
  trim: (text) => text.trim(),
  collapse: (text) => text.trim().split(/\s+/u).join(' '),
  fold: foldText,
  unaccent: (text) => foldText(text).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC'),
  email: (text) => foldText(text.trim()) || null,
};

export class Evaluator {
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
      case 'rid':
        return this.row.rid === null ? null : Number(this.row.rid);
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
