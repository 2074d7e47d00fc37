/**
 * Scalar expressions and predicates as SQL. Both sides of a comparison are brought to one type first; text is compared
 * byte by byte. Nulls are those of SQL: a comparison with null is neither true nor false, and `not` leaves it so.
 */
import { UserError } from '../../../contract/errors.ts';
import type { Expr, Predicate } from '../../../contract/relation.ts';
import { type Cell, type ColumnType, canonicalText, foldText, toCell } from '../../../contract/types.ts';
import type { Bind, Dialect } from './dialect.ts';
import { applySteps, type TextStep } from './textSteps.ts';

export interface Typed {
  sql: string;
  /** null: the literal null, which has every type. */
  type: ColumnType | null;
}

/** Where an expression stands: what its columns are, and who makes fold tables for it. */
export interface Scope {
  dialect: Dialect;
  bind: Bind;
  column(name: string): Typed;
  rowId(): string;
  rid(): string;
  /** The SQL of the steps applied to a value. `source` is the expression behind the value. */
  folded(chain: TextStep[], value: Typed, source: Expr): string;
}

/** The type of an expression, without writing any SQL. */
export function typeOf(scope: Scope, expr: Expr): ColumnType | null {
  if (expr.op === 'column') return scope.column(expr.name).type;
  if (expr.op === 'rowId' || expr.op === 'rid') return 'integer';
  if (expr.op === 'literal') return expr.value === null ? null : expr.type;
  if (expr.op === 'case')
    return commonType([...expr.when.map(({ give }) => typeOf(scope, give)), typeOf(scope, expr.else)]);
  if (expr.fn === 'length') return 'integer';
  return expr.fn === 'coalesce' ? commonType(expr.args.map((arg) => typeOf(scope, arg))) : 'text';
}

const textFunctions = new Set<string>(['trim', 'collapse', 'fold', 'unaccent', 'email', 'text']);

export function value(scope: Scope, expr: Expr): Typed {
  switch (expr.op) {
    case 'column':
      return scope.column(expr.name);
    case 'rowId':
      return { sql: scope.rowId(), type: 'integer' };
    case 'rid':
      return { sql: scope.rid(), type: 'integer' };
    case 'literal':
      return literal(scope, expr.value, expr.type);
    case 'case':
      return caseOf(scope, expr);
    case 'call':
      return call(scope, expr);
  }
}

function literal(scope: Scope, cell: Cell, type: ColumnType): Typed {
  if (cell === null) return { sql: 'NULL', type: null };
  return { sql: scope.dialect.literal(scope.bind, type, canonical(cell, type)), type };
}

function canonical(cell: Cell, type: ColumnType): Cell {
  const converted = toCell(type, cell);
  if (!converted.ok) throw new UserError('TYPE_MISMATCH', { column: 'Value', reason: converted.reason });
  return converted.value;
}

function caseOf(scope: Scope, expr: Expr & { op: 'case' }): Typed {
  const type = typeOf(scope, expr);
  const unless = nullUnless(scope, expr);
  if (unless !== null) return { sql: unless, type };
  const branches = expr.when.map((branch) => {
    return `WHEN ${predicate(scope, branch.if)} THEN ${asType(scope, branch.give, type)}`;
  });
  return { sql: `CASE ${branches.join(' ')} ELSE ${asType(scope, expr.else, type)} END`, type };
}

/** "Nothing if it is this, else itself", where the value would be computed twice: it may be a long chain of steps. */
function nullUnless(scope: Scope, { when, else: value }: Expr & { op: 'case' }): string | null {
  const [branch, ...others] = when;
  if (!branch || others.length > 0 || branch.if.op !== 'eq' || branch.give.op !== 'literal') return null;
  const { left, right } = branch.if;
  const type = typeOf(scope, value);
  const isSame = JSON.stringify(left) === JSON.stringify(value) && typeOf(scope, right) === type && type !== null;
  if (!isSame || branch.give.value !== null) return null;
  return `nullif(${asType(scope, value, type)}, ${asType(scope, right, type)})`;
}

function call(scope: Scope, expr: Expr & { op: 'call' }): Typed {
  const [first] = expr.args;
  if (!first) throw new Error(`The function ${expr.fn} needs an argument`);
  if (textFunctions.has(expr.fn)) return { sql: text(scope, expr), type: 'text' };
  if (expr.fn === 'length') return { sql: scope.dialect.length(text(scope, first)), type: 'integer' };
  if (expr.fn === 'concat') return { sql: concat(scope, expr.args), type: 'text' };
  const type = typeOf(scope, expr);
  const args = expr.args.map((arg) => asType(scope, arg, type));
  return { sql: args.length === 1 ? (args[0] ?? 'NULL') : `coalesce(${args.join(', ')})`, type };
}

/** Nothing counts as empty text here. */
function concat(scope: Scope, args: Expr[]): string {
  return nested(
    args.map((arg) => `coalesce(${text(scope, arg)}, '')`),
    ' || ',
  );
}

/** The canonical text of an expression. */
export function text(scope: Scope, expr: Expr): string {
  const { chain, source } = unwindSteps(expr);
  if (source.op === 'literal') return constantText(scope, chain, source);
  const found = value(scope, source);
  if (found.type === null) return scope.dialect.nothing('text');
  if (found.type === 'number') return scope.folded(['number', ...chain], found, source);
  const plain = scope.dialect.asText(found.type, found.sql);
  if (chain.length === 0) return plain;
  if (found.type !== 'text' && found.type !== 'json') return scope.dialect.direct(chain, plain).give;
  return scope.folded(chain, { sql: plain, type: 'text' }, source);
}

/** Nested text functions are one chain, so that a value is looked up once. */
function unwindSteps(expr: Expr): { chain: TextStep[]; source: Expr } {
  if (expr.op !== 'call' || !textFunctions.has(expr.fn)) return { chain: [], source: expr };
  const [inner] = expr.args;
  if (!inner) throw new Error(`The function ${expr.fn} needs an argument`);
  const { chain, source } = unwindSteps(inner);
  return { chain: expr.fn === 'text' ? chain : [...chain, expr.fn as TextStep], source };
}

function constantText(scope: Scope, chain: TextStep[], { value: cell, type }: Expr & { op: 'literal' }): string {
  const whole = canonicalText(type, canonical(cell, type));
  const result = whole === null ? null : applySteps(chain, whole);
  return result === null ? scope.dialect.nothing('text') : scope.bind(result);
}

/** The type two values are compared in: the wider number, or their text. */
export function commonType(types: (ColumnType | null)[]): ColumnType | null {
  const distinct = [...new Set(types.filter((type) => type !== null))];
  if (distinct.length <= 1) return distinct[0] ?? null;
  if (distinct.includes('decimal') && distinct.every(isNumeric)) return 'decimal';
  return distinct.every(isNumeric) ? 'number' : 'text';
}

const isNumeric = (type: ColumnType): boolean => type === 'integer' || type === 'number' || type === 'decimal';

/** The expression as a value of the type. Throws TYPE_MISMATCH where no value of its type could be one of that type. */
export function asType(scope: Scope, expr: Expr, type: ColumnType | null, name = 'Value'): string {
  const own = typeOf(scope, expr);
  if (own === null && type !== null) return scope.dialect.nothing(type);
  if (own === null || type === null || own === type) return value(scope, expr).sql;
  if (type === 'text') return text(scope, expr);
  if (own === 'integer' && type === 'number') return scope.dialect.integerAsNumber(value(scope, expr).sql);
  if (own === 'integer' && type === 'decimal') return scope.dialect.asText('integer', value(scope, expr).sql);
  if (own === 'number' && type === 'decimal') return scope.folded(['decimal'], value(scope, expr), expr);
  throw new UserError('TYPE_MISMATCH', { column: name, reason: `it is ${own}, not ${type}` });
}

export function predicate(scope: Scope, where: Predicate): string {
  switch (where.op) {
    case 'and':
      return where.items.length === 0
        ? '(1 = 1)'
        : nested(
            where.items.map((item) => predicate(scope, item)),
            ' AND ',
          );
    case 'or':
      return where.items.length === 0
        ? '(1 = 0)'
        : nested(
            where.items.map((item) => predicate(scope, item)),
            ' OR ',
          );
    case 'not':
      return `(NOT ${predicate(scope, where.item)})`;
    case 'isNull':
      return `(${value(scope, where.value).sql} IS NULL)`;
    case 'isNotNull':
      return `(${value(scope, where.value).sql} IS NOT NULL)`;
    case 'in':
      return isIn(scope, where);
    case 'contains':
    case 'startsWith':
      return search(scope, where);
    default:
      return compare(scope, where.op, where.left, where.right);
  }
}

/** A chain of operators is as deep as it is long, and databases bound the depth: so it is written as a tree. */
function nested(terms: string[], operator: string): string {
  if (terms.length <= termsPerLevel) return `(${terms.join(operator)})`;
  const groups = Array.from({ length: Math.ceil(terms.length / termsPerLevel) }, (_, index) =>
    nested(terms.slice(index * termsPerLevel, (index + 1) * termsPerLevel), operator),
  );
  return nested(groups, operator);
}

const termsPerLevel = 50;
/** A predicate where what is unknown counts as false, as in a filter. */
export function condition(scope: Scope, where: Predicate): string {
  if (where.op === 'and' && where.items.length > 0)
    return nested(
      where.items.map((item) => condition(scope, item)),
      ' AND ',
    );
  const [first, ...others] = where.op === 'or' ? where.items : [];
  if (first?.op !== 'contains' || first.text.includes(separator)) return predicate(scope, where);
  const same = others.filter((item) => item.op === 'contains' && item.text === first.text);
  if (same.length === 0 || same.length < others.length) return predicate(scope, where);
  return containsAnywhere(scope, [first, ...others] as Searched[], first.text);
}

type Searched = Predicate & { op: 'contains' };
const separator = '\u001f';

/**
 * The cells of most rows can be searched as one text, because folding leaves their ASCII letters where they are: then the
 * longest piece of the wanted text that is ASCII must be among them.
 */
function containsAnywhere(scope: Scope, items: Searched[], wanted: string): string {
  const { dialect } = scope;
  const folded = foldText(wanted);
  const joined = nested(
    items.map((item) => `coalesce(${text(scope, item.value)}, '')`),
    ` || ${scope.bind(separator)} || `,
  );
  const apart = nested(
    items.map((item) => search(scope, item)),
    ' OR ',
  );
  const piece = (folded.match(asciiPieces) ?? []).reduce(
    (longest, one) => (one.length > longest.length ? one : longest),
    '',
  );
  const { when, give } = dialect.asciiLower('s.v');
  const together = dialect.contains(give, scope.bind(piece));
  const result = piece === folded ? together : `(${together} AND ${apart})`;
  return `(SELECT CASE WHEN ${when} THEN ${result} ELSE ${apart} END FROM ${dialect.single(joined)} s)`;
}

const asciiPieces = /[ -~]+/g;

const operators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

function compare(scope: Scope, op: keyof typeof operators | 'same' | 'different', left: Expr, right: Expr): string {
  const type = commonType([typeOf(scope, left), typeOf(scope, right)]);
  const sides = [asType(scope, left, type), asType(scope, right, type)] as const;
  if (op === 'same') return `(${scope.dialect.same(...sides)})`;
  if (op === 'different') return `(NOT (${scope.dialect.same(...sides)}))`;
  const ordered = op !== 'eq' && op !== 'ne' && type !== null;
  const [a, b] = ordered ? sides.map((side) => scope.dialect.orderKey(type, side)) : sides;
  return `(${a} ${operators[op]} ${b})`;
}

/** Nulls in the list stand for nothing. A value that is null is in no list, and not outside of one either. */
function isIn(scope: Scope, where: Predicate & { op: 'in' }): string {
  const list = where.list.filter((cell) => cell !== null).map((cell) => canonical(cell, where.type));
  const type = commonType([typeOf(scope, where.value), where.type]) ?? where.type;
  const cells = list.map((cell) => (type === 'text' ? canonicalText(where.type, cell) : canonical(cell, type)));
  if (cells.length === 0) return '(1 = 0)';
  return `(${asType(scope, where.value, type)} IN ${scope.dialect.cells(scope.bind, type, cells)})`;
}

function search(
  scope: Scope,
  { op, value: searched, text: wanted }: Predicate & { op: 'contains' | 'startsWith' },
): string {
  const folded = foldText(wanted);
  const subject = text(scope, { op: 'call', fn: 'fold', args: [searched] });
  const needle = scope.bind(folded);
  if (op === 'contains') return `(${scope.dialect.contains(subject, needle)})`;
  return `(${scope.dialect.startsWith(subject, needle, [...folded].length)})`;
}
