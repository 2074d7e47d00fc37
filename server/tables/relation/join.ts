/**
 * Joins. The right side is computed once into a table of its own that the database indexes by the keys for the time of the
 * statement; the left side leads, so that its order and its identities stay.
 */
import { type Expr, type Relation, relationColumns } from '../../../contract/relation.ts';
import { asType, commonType, type Scope, typeOf } from './expression.ts';
import { type Compiler, indexesOf, items, type OrderTerm, type Select, type Want, wantToo } from './select.ts';

type Join = Relation & { op: 'join' };

/** The SQL of both sides of each pair of keys, brought to one type. */
function keysOf(left: Scope, right: Scope, on: Join['on']): { left: string; right: string; nullSafe: boolean }[] {
  return on.map((pair) => {
    const type = commonType([typeOf(left, pair.left), typeOf(right, pair.right)]);
    return {
      left: asType(left, pair.left, type),
      right: asType(right, pair.right, type),
      nullSafe: pair.nullSafe ?? false,
    };
  });
}

function conditions(compiler: Compiler, keys: ReturnType<typeof keysOf>, partner: string): string {
  const tests = keys.map(({ left, nullSafe }, index) => {
    const key = `${partner}.k${index + 1}`;
    return nullSafe ? compiler.dialect.same(left, key) : `${left} = ${key}`;
  });
  return tests.length === 0 ? '1 = 1' : tests.join(' AND ');
}

const rightExprs = (on: Join['on']): Expr[] => on.map((pair) => pair.right);
const leftExprs = (on: Join['on']): Expr[] => on.map((pair) => pair.left);

export function selectJoin(compiler: Compiler, relation: Join, want: Want): Select {
  const kept = relationColumns(relation.left).length;
  if (relation.kind === 'semi' || relation.kind === 'anti') {
    const partners = { relation: relation.right, on: relation.on };
    return selectWithout(compiler, relation.left, [partners], relation.kind, want);
  }
  const chosen = (relation.columns ?? []).map((column, index) => ({ ...column, place: kept + index }));
  const wanted = chosen.filter(({ place }) => want.columns.has(place));
  const rightColumns = indexesOf(
    relation.right,
    wanted.map(({ from }) => from),
  );
  const rightWant = { columns: new Set(rightColumns), rid: want.via ?? false, via: want.via ?? false };

  const left = compiler.select(relation.left, wantToo(want, relation.left, leftExprs(relation.on)));
  const right = compiler.select(relation.right, wantToo(rightWant, relation.right, rightExprs(relation.on)));
  const rightScope = compiler.scope(relation.right, 'r');
  const keys = keysOf(compiler.scope(relation.left, 'l'), rightScope, relation.on);
  const partner = compiler.alias();

  const cells = wanted.map(({ from, as, place }) => {
    return `${asType(rightScope, { op: 'column', name: from }, as.type, as.name)} AS x${place}`;
  });
  const partnerSql = partnersSql(right, keys, [...cells, ...(want.via ? ['r.r AS r'] : [])]);
  const list = joinItems(compiler, { left, right, want, kept, partner });
  const join = relation.kind === 'left' ? 'LEFT JOIN' : 'CROSS JOIN';
  const on = conditions(compiler, keys, partner);
  return {
    sql: `WITH ${partner} AS MATERIALIZED (${partnerSql}) SELECT ${list} FROM (${left.sql}) l ${join} ${partner} ON ${on}`,
    // Where a left row has no partner it stands alone, so the nulls of the right order never decide.
    orders: [...left.orders, ...right.orders.map((term): OrderTerm => ({ ...term, nulls: term.nulls ?? 'first' }))],
    via: left.via || (want.via ?? false),
  };
}

function partnersSql(right: Select, keys: { right: string }[], cells: string[]): string {
  const list = [
    ...right.orders.map((_, index) => `r.o${index + 1} AS o${index + 1}`),
    ...keys.map((key, index) => `${key.right} AS k${index + 1}`),
    ...(right.via ? ['r.v AS v'] : []),
    ...cells,
  ];
  return `SELECT ${list.join(', ')} FROM (${right.sql}) r`;
}

interface Sides {
  left: Select;
  right: Select;
  want: Want;
  kept: number;
  partner: string;
}

function joinItems(compiler: Compiler, { left, right, want, kept, partner }: Sides): string {
  const orders = right.orders.map((_, index) => `${partner}.o${index + 1} AS o${left.orders.length + index + 1}`);
  const parents = [...(left.via ? ['l.v'] : []), ...(right.via ? [`${partner}.v`] : []), `${partner}.r`];
  const via = parents.length === 1 ? `${partner}.r` : compiler.dialect.list(parents);
  const own = items(want, { ...left, via: false }, 'l', (index) => `${index < kept ? 'l' : partner}.x${index}`);
  return [own, ...orders, ...(want.via ? [`${via} AS v`] : [])].join(', ');
}

/** The rows of `input` that have a partner in all of the others (semi) or in none of them (anti). */
export function selectWithout(
  compiler: Compiler,
  input: Relation,
  others: { relation: Relation; on: Join['on'] }[],
  kind: 'semi' | 'anti',
  want: Want,
): Select {
  const left = compiler.select(
    input,
    wantToo(
      want,
      input,
      others.flatMap(({ on }) => leftExprs(on)),
    ),
  );
  const scope = compiler.scope(input, 'l');
  const parts = others.map(({ relation, on }) => {
    const right = compiler.select(relation, wantToo({ columns: new Set() }, relation, rightExprs(on)));
    const keys = keysOf(scope, compiler.scope(relation, 'r'), on);
    const listed = keys.length > 0 && keys.every(({ nullSafe }) => !nullSafe);
    return listed ? listTest(right, keys, kind) : partnerJoin(compiler, right, keys, kind);
  });
  const tables = parts.flatMap((part) => part.table ?? []);
  const joins = parts.flatMap((part) => part.join ?? []);
  const tests = parts.flatMap((part) => part.test ?? []);
  const sql = [
    ...(tables.length === 0 ? [] : [`WITH ${tables.join(', ')}`]),
    `SELECT ${items(want, left, 'l')} FROM (${left.sql}) l ${joins.join(' ')}`,
    ...(tests.length === 0 ? [] : [`WHERE ${tests.join(' AND ')}`]),
  ];
  return { ...left, sql: sql.join(' ') };
}

interface PartnerTest {
  table?: string;
  join?: string;
  test?: string;
}

/** Without null-safe keys a list of the keys is enough; a null is never in it. */
function listTest(right: Select, keys: { left: string; right: string }[], kind: 'semi' | 'anti'): PartnerTest {
  const list = `SELECT ${keys.map((key) => key.right).join(', ')} FROM (${right.sql}) r`;
  const test = `(${keys.map((key) => key.left).join(', ')}) IN (${list})`;
  return { test: kind === 'semi' ? test : `(${test}) IS NOT TRUE` };
}

function partnerJoin(
  compiler: Compiler,
  right: Select,
  keys: ReturnType<typeof keysOf>,
  kind: 'semi' | 'anti',
): PartnerTest {
  const partner = compiler.alias();
  const list = [...keys.map((key, index) => `${key.right} AS k${index + 1}`), '1 AS hit'].join(', ');
  return {
    table: `${partner} AS MATERIALIZED (SELECT DISTINCT ${list} FROM (${right.sql}) r)`,
    join: `${kind === 'semi' ? 'CROSS JOIN' : 'LEFT JOIN'} ${partner} ON ${conditions(compiler, keys, partner)}`,
    ...(kind === 'anti' ? { test: `${partner}.hit IS NULL` } : {}),
  };
}
