/**
 * Joins. The right side is put into a temporary table with an index over the keys, sorted once: several times faster than
 * letting the database index it on the way. The left side leads, so that its order and its identities stay.
 */
import { type Expr, type Relation, relationColumns } from '../../../contract/relation.ts';
import type { ColumnType } from '../../../contract/types.ts';
import { asType, commonType, type Scope, typeOf } from './expression.ts';
import { inputsOf } from './references.ts';
import { isRowKey } from './rowKeys.ts';
import { type Compiler, indexesOf, items, numbered, plainOrder, type Select, type Want, wantToo } from './select.ts';

type Join = Relation & { op: 'join' };
type On = Join['on'];

/** The type both sides of each pair of keys are brought to. */
function keyTypes(left: Scope, right: Scope, on: On): (ColumnType | null)[] {
  return on.map((pair) => commonType([typeOf(left, pair.left), typeOf(right, pair.right)]));
}

function keyColumns({ dialect }: Compiler, on: On, types: (ColumnType | null)[]): { name: string; type: ColumnType }[] {
  return on.map(({ nullSafe }, index) => {
    const type = types[index] ?? 'text';
    return { name: `k${index + 1}`, type: nullSafe ? dialect.nullSafe.type(type) : type };
  });
}

const keyNames = (on: On): string[] => on.map((_, index) => `k${index + 1}`);
const rightExprs = (on: On): Expr[] => on.map((pair) => pair.right);
const leftExprs = (on: On): Expr[] => on.map((pair) => pair.left);

function rightKeys(scope: Scope, on: On, types: (ColumnType | null)[]): string[] {
  return on.map((pair, index) => {
    const key = asType(scope, pair.right, types[index] ?? 'text');
    return `${pair.nullSafe ? scope.dialect.nullSafe.key(key) : key} AS k${index + 1}`;
  });
}

function conditions({ dialect }: Compiler, scope: Scope, on: On, types: (ColumnType | null)[]): string {
  const tests = on.map((pair, index) => {
    const left = asType(scope, pair.left, types[index] ?? 'text');
    const right = `p.k${index + 1}`;
    return pair.nullSafe ? dialect.nullSafe.meet(left, right) : `${left} = ${right}`;
  });
  return tests.length === 0 ? '1 = 1' : tests.join(' AND ');
}

export function selectJoin(compiler: Compiler, relation: Join, want: Want): Select {
  const { kind, on } = relation;
  if (kind === 'semi' || kind === 'anti')
    return selectWithout(compiler, relation.left, [{ relation: relation.right, on }], kind, want);
  const left = compiler.select(relation.left, wantToo(want, relation.left, leftExprs(on)));
  const scope = compiler.scope(relation.left, 'l');
  const types = keyTypes(scope, compiler.scope(relation.right, 'r'), on);
  const right = partnersOf(relation, want);
  const single = hasSinglePartners(relation, types);
  const partners = single ? `(${partnerRows(compiler, right, types)})` : stagePartners(compiler, right, types);
  const join = kind === 'left' ? 'LEFT JOIN' : compiler.dialect.join;
  const list = joinItems(compiler, { left, via: right.via, want, kept: relationColumns(relation.left).length, single });
  return {
    sql: `SELECT ${list} FROM (${left.sql}) l ${join} ${partners} p ON ${conditions(compiler, scope, on, types)}`,
    // A left row without partner stands alone, so the null it has for the order of partners never decides.
    orders: single ? left.orders : [...left.orders, { ...plainOrder, nulls: 'first' }],
    via: want.via ? (left.via || right.via === 'list' ? 'list' : 'one') : false,
  };
}

/** Then nothing has to be put into order, and the rows are found where they are. */
function hasSinglePartners({ right, on }: Join, types: (ColumnType | null)[]): boolean {
  const [pair] = on;
  return (
    on.length === 1 && pair !== undefined && !pair.nullSafe && types[0] === 'integer' && isRowKey(right, pair.right)
  );
}

interface Chosen {
  from: string;
  name: string;
  type: ColumnType;
}

/** The right side as the join needs it. */
interface Partners {
  relation: Join;
  chosen: Chosen[];
  /** Whether their identity is wanted, and what they have in `v`. */
  family: boolean;
  via: Select['via'];
}

function partnersOf(relation: Join, want: Want): Partners {
  const kept = relationColumns(relation.left).length;
  const chosen = (relation.columns ?? []).flatMap(({ from, as }, index): Chosen[] =>
    want.columns.has(kept + index) ? [{ from, name: `x${kept + index}`, type: as.type }] : [],
  );
  const family = want.via ?? false;
  return { relation, chosen, family, via: family && viaOf(relation.right) };
}

function stagePartners(compiler: Compiler, partners: Partners, types: (ColumnType | null)[]): string {
  const { relation, chosen, family, via } = partners;
  const hidden = [{ name: 'o1', type: 'integer' as const }];
  if (family) hidden.push({ name: 'r', type: 'integer' });
  const columns = [...keyColumns(compiler, relation.on, types), ...hidden, ...chosen];
  const lists = via ? [{ name: 'v', type: 'json' as const }] : [];
  return compiler.stage({
    columns: [...columns, ...lists],
    key: keyNames(relation.on),
    rows: (other) => partnerRows(other, partners, types),
  });
}

/** The keys, the order and (if asked for) what the partners descend from, and the wanted columns, in this order. */
function partnerRows(compiler: Compiler, { relation, chosen, family }: Partners, types: (ColumnType | null)[]): string {
  const right = selectPartners(compiler, relation, chosen, family);
  const scope = compiler.scope(relation.right, 'r');
  const cells = chosen.map(
    ({ from, name, type }) => `${asType(scope, { op: 'column', name: from }, type, from)} AS ${name}`,
  );
  const rest = ['r.o1 AS o1', ...(family ? ['r.r AS r'] : []), ...cells, ...(right.via ? ['r.v AS v'] : [])];
  return `SELECT ${[...rightKeys(scope, relation.on, types), ...rest].join(', ')} FROM (${right.sql}) r`;
}

/** What the rows of a relation have in `v` when they are asked for it. */
function viaOf(relation: Relation): Select['via'] {
  if (relation.op === 'group') return relation.by.length > 0 && 'list';
  if (relation.op === 'set' && relation.kind === 'union') return 'list';
  if (relation.op === 'set' && relation.kind === 'unionAll') return relation.inputs.some(viaOf) && 'list';
  const first = inputsOf(relation)[0];
  const own = first ? viaOf(first) : false;
  if (relation.op !== 'join' || relation.kind === 'semi' || relation.kind === 'anti') return own;
  return own || viaOf(relation.right) ? 'list' : 'one';
}

function selectPartners(compiler: Compiler, { right, on }: Join, chosen: Chosen[], family: boolean): Select {
  const columns = new Set(
    indexesOf(
      right,
      chosen.map(({ from }) => from),
    ),
  );
  const want = wantToo({ columns, rid: family, via: family }, right, rightExprs(on));
  return numbered(compiler.select(right, want), want);
}

interface Sides {
  left: Select;
  via: Select['via'];
  want: Want;
  kept: number;
  single: boolean;
}

function joinItems(compiler: Compiler, { left, via, want, kept, single }: Sides): string {
  const own = items(want, { ...left, via: false }, 'l', (index) => `${index < kept ? 'l' : 'p'}.x${index}`);
  const order = single ? '' : `, p.o1 AS o${left.orders.length + 1}`;
  if (!want.via) return `${own}${order}`;
  const parents = [...(left.via ? ['l.v'] : []), ...(via ? ['p.v'] : []), 'p.r'];
  return `${own}${order}, ${parents.length === 1 ? 'p.r' : compiler.dialect.list(parents)} AS v`;
}

/** The rows of `input` that have a partner in all of the others (semi) or in none of them (anti). */
export function selectWithout(
  compiler: Compiler,
  input: Relation,
  others: { relation: Relation; on: On }[],
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
  const tests = others.map(({ relation, on }) => partnerTest(compiler, scope, relation, on, kind));
  const where = tests.length === 0 ? '' : ` WHERE ${tests.join(' AND ')}`;
  return { ...left, sql: `SELECT ${items(want, left, 'l')} FROM (${left.sql}) l${where}` };
}

/** A null is no partner of anything, unless the keys are null-safe. */
function partnerTest(compiler: Compiler, scope: Scope, relation: Relation, on: On, kind: 'semi' | 'anti'): string {
  const types = keyTypes(scope, compiler.scope(relation, 'r'), on);
  const [first] = on;
  if (first && on.length === 1 && !first.nullSafe && types[0] === 'integer')
    return numberTest(compiler, asType(scope, first.left, 'integer'), relation, first.right, kind);
  const partners = compiler.stage({
    columns: on.length === 0 ? [{ name: 'k1', type: 'integer' }] : keyColumns(compiler, on, types),
    key: keyNames(on),
    rows: (other) => {
      const right = other.select(relation, wantToo({ columns: new Set() }, relation, rightExprs(on)));
      const keys = rightKeys(other.scope(relation, 'r'), on, types);
      return `SELECT ${keys.join(', ') || '1'} FROM (${right.sql}) r`;
    },
  });
  const found = `EXISTS (SELECT 1 FROM ${partners} p WHERE ${conditions(compiler, scope, on, types)})`;
  return kind === 'semi' ? found : `NOT ${found}`;
}

/** Whole numbers (row ids, mostly) need no table of their own. */
function numberTest(compiler: Compiler, left: string, relation: Relation, key: Expr, kind: 'semi' | 'anti'): string {
  const right = compiler.select(relation, wantToo({ columns: new Set() }, relation, [key]));
  const list = `SELECT ${asType(compiler.scope(relation, 'r'), key, 'integer')} AS v FROM (${right.sql}) r`;
  return compiler.dialect.among(left, list, kind === 'anti');
}
