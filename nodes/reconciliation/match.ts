/** Which record is found how often, as set work: one statement decides, so that all outputs tell of the same instant. */
import { UserError } from '../../contract/errors.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Column, ColumnType } from '../../contract/types.ts';
import { emptyToNull, normalised } from '../kit/keys.ts';
import type { ReconciliationConfig, ReconciliationKey } from './definition.ts';
import { matchesColumn, otherOf, takenColumns } from './definition.ts';

/** Columns of the marks: `_id` in the population, how many were found (null: none), and what is taken, by number. */
const markRow: Column = { name: 'row', label: '', type: 'integer' };
const markFound: Column = { name: 'found', label: '', type: 'integer' };
const partner: Column = { name: 'partner', label: '', type: 'integer' };
const takenPlace = (index: number): string => `taken${index}`;
const keyPlace = (index: number): string => `key${index}`;

export interface Reconciled {
  config: ReconciliationConfig;
  population: TableRef;
  /** What the population is looked up in. */
  other: { rows: Relation; columns: readonly Column[] };
}

/** Throws COLUMN_UNKNOWN or TYPE_MISMATCH when the rows are not what the settings say. */
export function marksOf({ config, population, other }: Reconciled): Relation {
  const pairs = config.keys.map((key) => pairOf(key, population.columns, other.columns));
  const keyed: Relation = {
    op: 'project',
    input: scan(population),
    columns: [
      { ...markRow, expr: rowId },
      ...pairs.map(({ left, type }, index) => ({ name: keyPlace(index), label: '', type, expr: left })),
    ],
  };
  const found = [markFound, ...takenMarks(config, other.columns)];
  return {
    op: 'project',
    input: {
      op: 'join',
      kind: 'left',
      left: keyed,
      right: withTaken(config, other, partners(pairs, other.rows)),
      on: pairs.map((_, index) => ({ left: column(keyPlace(index)), right: column(keyPlace(index)) })),
      columns: found.map((as) => ({ from: as.name, as })),
    },
    columns: [markRow, ...found].map((one) => ({ ...one, expr: column(one.name) })),
  };
}

interface Pair {
  left: Expr;
  right: Expr;
  /** Of the right side. */
  type: ColumnType;
}

function pairOf(key: ReconciliationKey, left: readonly Column[], right: readonly Column[]): Pair {
  const [own, other] = [demandColumn(left, key.column), demandColumn(right, otherOf(key))];
  if (!canBeCompared(own.type, other.type)) {
    const reason = `${own.type} cannot be compared with ${other.type} (${other.name})`;
    throw new UserError('TYPE_MISMATCH', { column: own.name, reason });
  }
  const type = own.type === other.type ? own.type : isNumeric(own.type) && isNumeric(other.type) ? 'decimal' : 'text';
  return { left: keyExpr(own, key, type), right: keyExpr(other, key, type), type };
}

/** An empty text identifies nobody, just as no value. */
function keyExpr({ name, type: own }: Column, { normalise }: ReconciliationKey, type: ColumnType): Expr {
  if (type !== 'text') return column(name);
  const value: Expr = own === 'text' ? column(name) : { op: 'call', fn: 'text', args: [column(name)] };
  return emptyToNull(normalised(value, normalise));
}

const isNumeric = (type: ColumnType): boolean => type === 'integer' || type === 'number' || type === 'decimal';

function canBeCompared(left: ColumnType, right: ColumnType): boolean {
  if (left === 'json' || right === 'json') return false;
  return left === right || left === 'text' || right === 'text' || (isNumeric(left) && isNumeric(right));
}

function demandColumn(columns: readonly Column[], name: string): Column {
  const found = columns.find((one) => one.name === name);
  if (!found) throw new UserError('COLUMN_UNKNOWN', { column: name });
  return found;
}

/** One row per key: how many have it, and which row that is when it is one. */
function partners(pairs: readonly Pair[], rows: Relation): Relation {
  const keys = pairs.map(({ right, type }, index) => ({ name: keyPlace(index), label: '', type, expr: right }));
  const whole: Predicate = { op: 'and', items: pairs.map(({ right }) => ({ op: 'isNotNull', value: right })) };
  return {
    op: 'group',
    input: { op: 'filter', input: rows, where: whole },
    by: keys,
    aggregates: [
      { ...markFound, fn: 'count' },
      { ...partner, fn: 'min', of: rowId },
    ],
  };
}

function takenMarks({ take }: ReconciliationConfig, columns: readonly Column[]): Column[] {
  return takenColumns(take, columns).map((one, index) => ({ ...one, name: takenPlace(index) }));
}

function withTaken(config: ReconciliationConfig, other: Reconciled['other'], groups: Relation): Relation {
  const { take } = config;
  if (take.length === 0) return groups;
  for (const { column: name } of take) demandColumn(other.columns, name);
  return {
    op: 'join',
    kind: 'inner',
    left: groups,
    right: other.rows,
    on: [{ left: column(partner.name), right: rowId }],
    columns: takenMarks(config, other.columns).map((as, index) => ({ from: take[index]?.column ?? '', as })),
  };
}

const countIs = (op: 'eq' | 'gt'): Predicate => ({ op, left: column(markFound.name), right: literal(1, 'integer') });
const marked = (marks: TableRef, where: Predicate): Relation => ({ op: 'filter', input: scan(marks), where });

/** The population with the chosen columns of its match. */
export function matchedRows({ config, population, other }: Reconciled, marks: TableRef): Relation {
  const taken = takenColumns(config.take, other.columns);
  return beside(population, marked(marks, countIs('eq')), taken, takenPlace);
}

export function ambiguousRows({ population }: Reconciled, marks: TableRef): Relation {
  const counted = [matchesColumn(population.columns)];
  return beside(population, marked(marks, countIs('gt')), counted, () => markFound.name);
}

export const unmatchedRows = ({ population }: Reconciled, marks: TableRef): Relation => ({
  op: 'join',
  kind: 'semi',
  left: scan(population),
  right: marked(marks, { op: 'isNull', value: column(markFound.name) }),
  on: [{ left: rowId, right: column(markRow.name) }],
});

/** Rows of the population beside columns of their marks. By their place, so that no name meets one of ours. */
function beside(
  population: TableRef,
  marks: Relation,
  added: readonly Column[],
  from: (index: number) => string,
): Relation {
  const own = population.columns;
  const place = (index: number): string => `own${index}`;
  const join: Relation = {
    op: 'join',
    kind: 'inner',
    left: {
      op: 'project',
      input: scan(population),
      columns: own.map((one, index) => ({ ...one, name: place(index), expr: column(one.name) })),
    },
    right: marks,
    on: [{ left: rowId, right: column(markRow.name) }],
    columns: added.map((one, index) => ({ from: from(index), as: { ...one, name: `added${index}` } })),
  };
  return {
    op: 'project',
    input: join,
    columns: [
      ...own.map((one, index) => ({ ...one, expr: column(place(index)) })),
      ...added.map((one, index) => ({ ...one, expr: column(`added${index}`) })),
    ],
  };
}
