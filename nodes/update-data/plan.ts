/** The plan of a write, as set work: what is written of each row, or why it is rejected. */
import type {
  Expr,
  LocalWrite,
  Order,
  Predicate,
  ProjectedColumn,
  Relation,
  TableRef,
} from '../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../contract/relation.ts';
import type { Column, ColumnType } from '../../contract/types.ts';
import { freshName } from '../kit/columns.ts';
import type { UpdateDataConfig } from './definition.ts';
import { preparedCondition, preparedRow, preparedValue } from './prepared.ts';
import type { Target, Targets } from './targets.ts';
import { emptyKey, isNotNull, isNull, preparedVerdict, reasonColumns, verdictsOf } from './verdicts.ts';

/** Columns of the plan: the row's `_id` in the input, its place among those with its key, values by number, reject columns. */
export const planRow = 'row';
const keyName = (index: number): string => `key${index}`;
const valueName = (index: number): string => `value${index}`;
const whenName = (index: number): string => `when${index}`;

export interface PlanInput {
  config: UpdateDataConfig;
  targets: Targets;
  input: TableRef;
  /** From prepared.ts; null when there is nothing to prepare. */
  prepared: TableRef | null;
}

export function planOf(given: PlanInput): Relation {
  const { config, targets } = given;
  const keys = targets.key.map((_, index) => column(keyName(index)));
  const first = ranked(sourcesOf(given), keys, config.duplicates === 'last' ? 'desc' : 'asc', 'place');
  const both = config.duplicates === 'none' ? ranked(first, keys, 'desc', 'placeFromEnd') : first;
  const looksUp = config.operation === 'insert' || config.operation === 'update';
  const input = looksUp ? matched(both, config.table, targets.key) : both;
  return { op: 'project', input, columns: [...carried(given), ...reasonColumns(verdictsOf(config, targets))] };
}

/** `found` is the row's key in the table, or null. */
function matched(left: Relation, table: string, key: readonly Target[]): Relation {
  return {
    op: 'join',
    kind: 'left',
    left,
    right: { op: 'local', table, columns: key.map((target) => target.column) },
    on: key.map((target, index) => ({ left: column(keyName(index)), right: column(target.column.name) })),
    columns: key.slice(0, 1).map((target) => ({ from: target.column.name, as: { ...target.column, name: 'found' } })),
  };
}

const plain = (name: string, type: ColumnType): Column => ({ name, label: name, type });

/** Rows that are rejected already are ranked among themselves: they take nobody's place. */
function ranked(input: Relation, keys: readonly Expr[], direction: Order['direction'], as: string): Relation {
  const order: Order[] = [{ by: column(planRow), direction }];
  return { op: 'rank', input, partition: [column('errorCode'), ...keys], order, as };
}

/** Keys, values and the conditions of values, by number; and whether the row is fit to be written at all. */
function sourcesOf({ config, targets, input, prepared }: PlanInput): Relation {
  const placed = (name: string): string => `own${input.columns.findIndex((one) => one.name === name)}`;
  const own = input.columns.map((one) => ({ ...one, name: placed(one.name), expr: column(one.name) }));
  const renamed: Relation = { op: 'project', input: scan(input), columns: own };
  const exprOf = (target: Target): Expr => column(target.from === null ? preparedValue(target) : placed(target.from));
  const values = targets.values.map((target, index) => ({
    ...target.column,
    name: valueName(index),
    expr: exprOf(target),
  }));
  const whens = targets.values.flatMap((target, index) => {
    const when = whenOf(config, target, exprOf(target));
    return when ? [{ ...plain(whenName(index), 'boolean'), expr: when }] : [];
  });
  return {
    op: 'project',
    input: prepared ? beside(renamed, prepared) : renamed,
    columns: [
      { ...plain(planRow, 'integer'), expr: rowId },
      ...targets.key.map((target, index) => ({ ...target.column, name: keyName(index), expr: exprOf(target) })),
      ...values,
      ...whens,
      ...reasonColumns([
        ...(prepared ? [preparedVerdict] : []),
        ...targets.key.map((key) => emptyKey(key, exprOf(key))),
      ]),
    ],
  };
}

function beside(left: Relation, prepared: TableRef): Relation {
  const chosen = prepared.columns.filter((one) => one.name !== preparedRow);
  return {
    op: 'join',
    kind: 'inner',
    left,
    right: scan(prepared),
    on: [{ left: rowId, right: column(preparedRow) }],
    columns: chosen.map((as) => ({ from: as.name, as })),
  };
}

/** null: the value always counts. */
function whenOf(config: UpdateDataConfig, target: Target, value: Expr): Expr | null {
  const items: Predicate[] = [];
  if (target.condition.trim() !== '')
    items.push({ op: 'eq', left: column(preparedCondition(target)), right: literal(true, 'boolean') });
  if (!config.emptyOverwrites) items.push(isNotNull(value));
  return items.length === 0 ? null : either({ op: 'and', items }, literal(true, 'boolean'), literal(false, 'boolean'));
}

/** What goes over from the sources into the plan as it is. */
function carried({ config, targets }: PlanInput): ProjectedColumn[] {
  const whens = targets.values.flatMap((target, index) =>
    whenOf(config, target, column('')) ? [plain(whenName(index), 'boolean')] : [],
  );
  const columns = [
    plain(planRow, 'integer'),
    plain('place', 'integer'),
    ...targets.key.map((target, index) => ({ ...target.column, name: keyName(index) })),
    ...targets.values.map((target, index) => ({ ...target.column, name: valueName(index) })),
    ...whens,
  ];
  return columns.map((one) => ({ ...one, expr: column(one.name) }));
}

/** Rows of the plan that are rejected, or those that are not. */
export const planned = (plan: TableRef, rejected: boolean): Relation => ({
  op: 'filter',
  input: scan(plan),
  where: rejected ? isNotNull(column('errorCode')) : isNull(column('errorCode')),
});

/** The write of the plan's rows with an `_id` behind `from`, up to `to`. Of records with one key, one is written. */
export function writeOf({ config, targets }: PlanInput, plan: TableRef, from: number, to: number): LocalWrite {
  const names = [...targets.key, ...targets.values].map((target) => target.column.name);
  const guard = (index: number): string => freshName(whenName(index), names);
  const guarded = targets.values.map((_, index) => plan.columns.some((one) => one.name === whenName(index)));
  const first: Predicate = { op: 'eq', left: column('place'), right: literal(1, 'integer') };
  return {
    table: config.table,
    operation: config.operation,
    key: targets.key.map((target) => target.column.name),
    values: targets.values.map((target, index) => ({
      name: target.column.name,
      ...(target.on === 'always' ? {} : { onlyOn: target.on }),
      ...(guarded[index] ? { when: guard(index) } : {}),
    })),
    source: {
      op: 'project',
      input: {
        op: 'filter',
        input: { op: 'scan', table: plan, from, to },
        where: { op: 'and', items: [isNull(column('errorCode')), first] },
      },
      columns: [
        ...targets.key.map((target, index) => ({ ...target.column, expr: column(keyName(index)) })),
        ...targets.values.map((target, index) => ({ ...target.column, expr: column(valueName(index)) })),
        ...targets.values.flatMap((_, index) =>
          guarded[index] ? [{ ...plain(guard(index), 'boolean'), expr: column(whenName(index)) }] : [],
        ),
      ],
    },
  };
}
