/** Deduplication as set work: a relation that says of each row whether it is kept. */
import type { Expr, Order, Predicate, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../contract/relation.ts';
import type { Column, ColumnType } from '../../contract/types.ts';
import { emptyToNull, normalised } from '../kit/keys.ts';
import { computed } from './computed.ts';
import type { DeduplicationConfig, DeduplicationKey } from './definition.ts';

/** Columns of the marks: the `_id` of the row in the input, whether it is kept; where asked for its place and its key. */
export const markRow = 'row';
export const markKept = 'kept';
export const markPlace = 'place';
export const markPart = { prefix: 'part', of: (index: number): string => `part${index}` };

/** One mark per row of the input, without those whose expressions failed. `side`: see computed.ts. */
export function marksOf(config: DeduplicationConfig, input: TableRef, side: TableRef | null): Relation {
  const keys = config.keys.map((key, index) => keyColumn(key, index, input.columns));
  const order = orderOf(config, input.columns);
  const narrow: Relation = {
    op: 'project',
    input: side ? beside(input, side) : renamed(input),
    columns: [{ ...plain(markRow, 'integer'), expr: rowId }, ...keys, ...order.columns],
  };
  const partition = keys.map((key) => column(key.name));
  const ranked: Relation = { op: 'rank', input: narrow, partition, order: order.by, as: markPlace };
  const kept: ProjectedColumn = { ...plain(markKept, 'boolean'), expr: truth(keptIf(config, partition)) };
  const carried =
    config.keptColumn === '' ? [] : [plain(markPlace, 'integer'), ...keys.map(({ expr: _, ...key }) => key)];
  const own = [plain(markRow, 'integer'), ...carried].map((one) => ({ ...one, expr: column(one.name) }));
  return { op: 'project', input: ranked, columns: [...own, kept] };
}

const plain = (name: string, type: ColumnType): Column => ({ name, label: name, type });

const truth = (test: Predicate): Expr => either(test, literal(true, 'boolean'), literal(false, 'boolean'));

function keptIf(config: DeduplicationConfig, keys: readonly Expr[]): Predicate {
  const empty: Predicate = { op: 'or', items: keys.map((value) => ({ op: 'isNull', value })) };
  const best: Predicate = { op: 'le', left: column(markPlace), right: literal(config.keep, 'integer') };
  if (config.emptyKeys === 'compare') return best;
  if (config.emptyKeys === 'keep') return { op: 'or', items: [empty, best] };
  return { op: 'and', items: [{ op: 'not', item: empty }, best] };
}

/** The input's columns go by their place from here on, so that none can be called like one of ours. */
const placed = (index: number): string => `own${index}`;
const own = (name: string, columns: readonly Column[]): Expr =>
  column(placed(columns.findIndex((one) => one.name === name)));

function renamed(input: TableRef): Relation {
  const columns = input.columns.map((one, index) => ({ ...one, name: placed(index), expr: column(one.name) }));
  return { op: 'project', input: scan(input), columns };
}

function beside(input: TableRef, side: TableRef): Relation {
  const values = side.columns.filter((one) => one.name.startsWith(computed.prefix));
  return {
    op: 'join',
    kind: 'inner',
    left: renamed(input),
    right: { op: 'filter', input: scan(side), where: { op: 'isNull', value: column(computed.failed) } },
    on: [{ left: rowId, right: column(computed.row) }],
    columns: values.map((as) => ({ from: as.name, as })),
  };
}

function keyColumn(key: DeduplicationKey, index: number, columns: readonly Column[]): ProjectedColumn {
  const name = markPart.of(index);
  if (key.kind === 'expression') return { ...plain(name, 'text'), expr: emptyToNull(column(computed.key(index))) };
  const source = columns.find((one) => one.name === key.column);
  const value = own(key.column, columns);
  if (source?.type !== 'text') return { ...plain(name, source?.type ?? 'text'), expr: value };
  return { ...plain(name, 'text'), expr: emptyToNull(normalised(value, key.normalise)) };
}

interface Ordering {
  columns: ProjectedColumn[];
  by: Order[];
}

function orderOf(config: DeduplicationConfig, columns: readonly Column[]): Ordering {
  switch (config.method) {
    case 'first':
      return { columns: [], by: [] };
    case 'last':
      return { columns: [], by: [{ by: column(markRow), direction: 'desc' }] };
    case 'mostRecent':
      return ordering([[columnOf(config.by, columns), own(config.by, columns)]], 'desc');
    case 'oldest':
      return ordering([[columnOf(config.by, columns), own(config.by, columns)]], 'asc');
    case 'nonEmpty':
      return ordering([[plain('', 'integer'), filledCount(config.filled, columns)]], 'desc');
    case 'expression':
      return ordering(
        [
          [plain('', 'number'), column(computed.orderNumber)],
          [plain('', 'text'), column(computed.orderText)],
        ],
        config.direction === 'ascending' ? 'asc' : 'desc',
      );
  }
}

function ordering(values: [Column, Expr][], direction: 'asc' | 'desc'): Ordering {
  const columns = values.map(([{ type }, expr], index) => ({ ...plain(`order${index}`, type), expr }));
  return { columns, by: columns.map(({ name }) => ({ by: column(name), direction, nulls: 'last' })) };
}

const columnOf = (name: string, columns: readonly Column[]): Column =>
  columns.find((one) => one.name === name) ?? plain(name, 'text');

/** Relations do not add: one letter per filled column, and the length of them all. */
function filledCount(names: readonly string[], columns: readonly Column[]): Expr {
  const counted = columns.filter((one) => names.length === 0 || names.includes(one.name));
  const letters = counted.map((one): Expr => {
    const value = own(one.name, columns);
    const present: Predicate = { op: 'isNotNull', value };
    const notBlank: Predicate = { op: 'ne', left: value, right: literal('', 'text') };
    const filled: Predicate = one.type === 'text' ? { op: 'and', items: [present, notBlank] } : present;
    return either(filled, literal('x', 'text'), literal('', 'text'));
  });
  return { op: 'call', fn: 'length', args: [{ op: 'call', fn: 'concat', args: letters }] };
}
