/** Groups. A row of a group is a new record; its parents are the records of the group. */
import type { Expr, Order, Relation } from '../../../contract/relation.ts';
import type { Column, ColumnType } from '../../../contract/types.ts';
import { asType, type Scope, typeOf } from './expression.ts';
import { foldedColumn } from './folded.ts';
import { orderTerms, reversed } from './order.ts';
import { type Compiler, numbered, plainOrder, refuseRowId, type Select, type Want, wantToo } from './select.ts';

type Group = Relation & { op: 'group' };
type Aggregate = Group['aggregates'][number];
type Summed = 'integer' | 'number' | 'decimal';

/** One wanted aggregate: what the inner select must give, and what the outer one makes of it. */
interface Part {
  place: number;
  column: Column;
  type: ColumnType | null;
  inner: string[];
  outer: string;
}

export function selectGroup(compiler: Compiler, relation: Group, want: Want): Select {
  refuseRowId(want);
  const grouped = groupedSql(compiler, relation, want);
  const finished = grouped.parts.map(
    (part) => `${finish(compiler, relation, part, grouped.keys.length)} AS x${part.place}`,
  );
  const passed = [...want.columns]
    .filter((index) => index < relation.by.length)
    .map((index) => `g.x${index} AS x${index}`);
  const hidden = [
    ...(want.rid ? [`${compiler.dialect.nothing('integer')} AS r`] : []),
    ...(grouped.via ? ['g.v AS v'] : []),
  ];
  const list = ['g.o1 AS o1', ...hidden, ...passed, ...finished].join(', ');
  return { sql: `SELECT ${list} FROM (${grouped.sql}) g`, orders: [plainOrder], via: grouped.via && 'list' };
}

function groupedSql(compiler: Compiler, relation: Group, want: Want) {
  const aggregates = relation.aggregates
    .map((aggregate, index) => ({ aggregate, place: relation.by.length + index }))
    .filter(({ place }) => want.columns.has(place));
  const via = (want.via ?? false) && relation.by.length > 0;
  const exprs = [...relation.by.map(({ expr }) => expr), ...aggregates.flatMap(({ aggregate }) => exprsOf(aggregate))];
  const inputWant = wantToo({ columns: new Set(), rid: via, via }, relation.input, exprs);
  const input = numbered(compiler.select(relation.input, inputWant), inputWant);

  const scope = compiler.scope(relation.input, 'i');
  const keys = relation.by.map(({ expr, type, name }) => asType(scope, expr, type, name));
  const parts = aggregates.map(({ aggregate, place }) => aggregatePart(scope, aggregate, place, keys));
  const parents = input.via ? compiler.dialect.list(['i.r', 'i.v']) : 'i.r';
  const inner = [
    'i.o1 AS o1',
    ...(via ? [`${parents} AS v`] : []),
    ...keys.map((key, index) => `${key} AS x${index}`),
    ...parts.flatMap((part) => part.inner),
  ];
  const outer = [
    keys.length === 0 ? 'coalesce(min(k.o1), 0) AS o1' : 'min(k.o1) AS o1',
    ...(via ? [`${compiler.dialect.collectItems('k.v')} AS v`] : []),
    ...keys.map((_, index) => `k.x${index} AS x${index}`),
    ...parts.map((part) => `${part.outer} AS x${part.place}`),
  ];
  const by = keys.length === 0 ? '' : ` GROUP BY ${keys.map((_, index) => `k.x${index}`).join(', ')}`;
  const sql = `SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM (${input.sql}) i) k${by}`;
  return { sql, keys, parts, via };
}

const exprsOf = ({ of, order = [] }: Aggregate): Expr[] => [...(of ? [of] : []), ...order.map(({ by }) => by)];

function aggregatePart(scope: Scope, aggregate: Aggregate, place: number, keys: string[]): Part {
  const { fn, of, order: _, ...column } = aggregate;
  const value = `k.a${place}`;
  if (fn === 'count' && !of) return { place, column, type: 'integer', inner: [], outer: 'count(*)' };
  if (!of) throw new Error(`The aggregate ${fn} needs an expression`);
  const type = typeOf(scope, of);
  const inner = [`${asType(scope, of, type)} AS a${place}`];
  if (fn === 'count') return { place, column, type: 'integer', inner, outer: `count(${value})` };
  if (type === null) return { place, column, type, inner, outer: `max(${value})` };
  if (fn === 'sum') return { place, column, type, inner, outer: scope.dialect.sum(summed(type, column), value) };
  if (fn !== 'first' && fn !== 'last')
    return { place, column, type, inner, outer: scope.dialect.extreme(fn, type, value) };
  inner.push(`${placeInGroup(scope, aggregate, keys)} AS n${place}`);
  return { place, column, type, inner, outer: `max(CASE WHEN k.n${place} = 1 THEN ${value} END)` };
}

function summed(type: ColumnType, column: Column): Summed {
  if (type === 'integer' || type === 'number' || type === 'decimal') return type;
  throw new Error(`The column "${column.name}" sums ${type} values`);
}

/** The place of a row in its group: 1 is the row that `first` or `last` takes its value from. */
function placeInGroup(scope: Scope, { fn, order = [] }: Aggregate, keys: string[]): string {
  const directed: Order[] = fn === 'last' ? reversed(order) : order;
  const terms = [...orderTerms(scope, directed).map(({ text }) => text), fn === 'last' ? 'i.o1 DESC' : 'i.o1'];
  const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')} `;
  return `row_number() OVER (${partition}ORDER BY ${terms.join(', ')})`;
}

/** The aggregate in the type of its column. Sums of decimals come in pieces, see textSteps.ts. */
function finish(compiler: Compiler, relation: Group, { place, column, type }: Part, keys: number): string {
  const sql = `g.x${place}`;
  const isSum = relation.aggregates[place - keys]?.fn === 'sum';
  const values = (other: Compiler) => {
    const grouped = groupedSql(other, relation, { columns: new Set([place]) });
    return `SELECT g.x${place} AS v FROM (${grouped.sql}) g`;
  };
  const whole =
    isSum && type === 'decimal'
      ? foldedColumn(compiler, sql, relation, { kind: 'fold', chain: ['limbs'], values, known: null })
      : sql;
  const scope: Scope = {
    ...compiler.scope(relation.input, 'i'),
    column: () => ({ sql: whole, type }),
    folded: () => {
      throw new Error(`The column "${column.name}" is declared ${column.type} but its values are ${type}`);
    },
  };
  return asType(scope, { op: 'column', name: column.name }, column.type, column.name);
}
