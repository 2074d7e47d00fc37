/** Relations over one input whose rows stay the same records. */
import { type Relation, relationColumns } from '../../../contract/relation.ts';
import { asType, condition } from './expression.ts';
import { orderTerms } from './order.ts';
import { type Compiler, items, orderText, type Select, type Want, wantToo } from './select.ts';

export function selectFilter(compiler: Compiler, relation: Relation & { op: 'filter' }, want: Want): Select {
  const input = compiler.select(relation.input, wantToo(want, relation.input, [], [relation.where]));
  const where = condition(compiler.scope(relation.input, 'i'), relation.where);
  return { ...input, sql: `SELECT ${items(want, input, 'i')} FROM (${input.sql}) i WHERE ${where}` };
}

export function selectProject(compiler: Compiler, relation: Relation & { op: 'project' }, want: Want): Select {
  const kept = relation.keep ? relationColumns(relation.input).length : 0;
  const own = [...want.columns].filter((index) => index >= kept);
  const exprs = own.flatMap((index) => relation.columns[index - kept]?.expr ?? []);
  const passed = { ...want, columns: new Set([...want.columns].filter((index) => index < kept)) };
  const input = compiler.select(relation.input, wantToo(passed, relation.input, exprs));
  const scope = compiler.scope(relation.input, 'i');
  const list = items(want, input, 'i', (index) => {
    const column = relation.columns[index - kept];
    return column && index >= kept ? asType(scope, column.expr, column.type, column.name) : `i.x${index}`;
  });
  return { ...input, sql: `SELECT ${list} FROM (${input.sql}) i` };
}

export function selectRank(compiler: Compiler, relation: Relation & { op: 'rank' }, want: Want): Select {
  const place = relationColumns(relation.input).length;
  if (!want.columns.has(place)) return compiler.select(relation.input, want);
  const exprs = [...relation.partition, ...relation.order.map(({ by }) => by)];
  const input = compiler.select(relation.input, wantToo(want, relation.input, exprs));
  const scope = compiler.scope(relation.input, 'i');
  const partition = relation.partition.map((expr) => asType(scope, expr, null));
  const order = [...orderTerms(scope, relation.order).map(({ text }) => text), orderText(input.orders, 'i')].join(', ');
  const window = `${partition.length > 0 ? `PARTITION BY ${partition.join(', ')} ` : ''}ORDER BY ${order}`;
  const list = items(want, input, 'i', (index) => (index === place ? `row_number() OVER (${window})` : `i.x${index}`));
  return { ...input, sql: `SELECT ${list} FROM (${input.sql}) i` };
}

export function selectSort(compiler: Compiler, relation: Relation & { op: 'sort' }, want: Want): Select {
  const exprs = relation.order.map(({ by }) => by);
  const input = compiler.select(relation.input, wantToo(want, relation.input, exprs));
  const terms = orderTerms(compiler.scope(relation.input, 'i'), relation.order);
  const keys = terms.map(({ key }, index) => `${key} AS o${index + 1}`);
  const rest = input.orders.map((_, index) => `i.o${index + 1} AS o${terms.length + index + 1}`);
  const others = items(want, { ...input, orders: [] }, 'i');
  const orders = [...terms.map(({ term }) => term), ...input.orders];
  return { ...input, orders, sql: `SELECT ${[...keys, ...rest, others].join(', ')} FROM (${input.sql}) i` };
}

export function selectLimit(compiler: Compiler, relation: Relation & { op: 'limit' }, want: Want): Select {
  const input = compiler.select(relation.input, want);
  const count = compiler.bind(Math.max(0, Math.trunc(relation.count)));
  const order = orderText(input.orders, 'i');
  const sql = `SELECT ${items(want, input, 'i')} FROM (${input.sql}) i ORDER BY ${order} LIMIT ${count}`;
  return { ...input, sql };
}
