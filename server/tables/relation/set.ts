/** Sets by key columns; the rows of the first input win. Equal keys are those that are the same, nulls included. */
import { type Relation, relationColumns } from '../../../contract/relation.ts';
import { asType } from './expression.ts';
import { selectWithout } from './join.ts';
import {
  type Compiler,
  indexesOf,
  items,
  numbered,
  plainOrder,
  refuseRowId,
  type Select,
  type Want,
} from './select.ts';

type SetRelation = Relation & { op: 'set' };

export function selectSet(compiler: Compiler, relation: SetRelation, want: Want): Select {
  const [first, ...others] = relation.inputs;
  if (!first) throw new Error('A set needs an input');
  // Without key columns whole rows are compared.
  const by = relation.by.length > 0 ? relation.by : relationColumns(first).map(({ name }) => name);
  if (relation.kind === 'union' || relation.kind === 'unionAll') refuseRowId(want);
  if (relation.kind === 'union') return selectUnion(compiler, relation, by, want);
  if (relation.kind === 'unionAll') return selectAll(compiler, relation, want);
  const on = by.map(
    (name) => ({ left: { op: 'column', name }, right: { op: 'column', name }, nullSafe: true }) as const,
  );
  const partners = others.map((other) => ({ relation: other, on: [...on] }));
  if (partners.length === 0) return compiler.select(first, want);
  return selectWithout(compiler, first, partners, relation.kind === 'intersect' ? 'semi' : 'anti', want);
}

/** All rows, in the order of the inputs; columns by the names of the first, null where an input has none. */
function selectAll(compiler: Compiler, relation: SetRelation, want: Want): Select {
  const branches = relation.inputs.map((input, place) => branch(compiler, relation, input, place, want));
  const via = branches.some((select) => select.via) && 'list';
  const sql = branches.map((select) => select.sql(via !== false)).join(' UNION ALL ');
  return { sql, orders: [plainOrder, plainOrder], via };
}

function branch(compiler: Compiler, relation: SetRelation, input: Relation, place: number, want: Want) {
  const columns = relationColumns(relation);
  const wanted = [...want.columns].flatMap((index) => columns[index]?.name ?? []);
  const inputWant = { ...want, columns: new Set(indexesOf(input, wanted)) };
  const select = numbered(compiler.select(input, inputWant), inputWant);
  const scope = compiler.scope(input, 'i');
  const own = new Set(relationColumns(input).map(({ name }) => name));
  const cells = [...want.columns].map((index) => {
    const column = columns[index];
    if (!column || !own.has(column.name)) return `${compiler.dialect.nothing(column?.type ?? 'text')} AS x${index}`;
    return `${asType(scope, { op: 'column', name: column.name }, column.type, column.name)} AS x${index}`;
  });
  const sql = (withVia: boolean) => {
    const { item, nothing } = compiler.dialect;
    const via = withVia ? [`${select.via ? item('i.v') : nothing('json')} AS v`] : [];
    const list = [`${place} AS o1`, 'i.o1 AS o2', ...(want.rid ? ['i.r AS r'] : []), ...via, ...cells];
    return `SELECT ${list.join(', ')} FROM (${select.sql}) i`;
  };
  return { via: select.via, sql };
}

/** One row per key. The records it stands for besides its own are its parents. */
function selectUnion(compiler: Compiler, relation: SetRelation, by: string[], want: Want): Select {
  const keys = indexesOf(relation, by);
  const inner = {
    ...want,
    columns: new Set([...want.columns, ...keys]),
    rid: (want.rid ?? false) || (want.via ?? false),
  };
  const all = selectAll(compiler, relation, inner);
  const partition = `PARTITION BY ${keys.map((index) => `u.x${index}`).join(', ')}`;
  const numberedRows = `SELECT u.*, row_number() OVER (${partition} ORDER BY u.o1, u.o2) AS place${parents(compiler, all, partition, want)} FROM (${all.sql}) u`;
  const list = items(want, { ...all, via: false }, 'w');
  const via = want.via ? ', w.parents AS v' : '';
  return {
    ...all,
    via: (want.via ?? false) && 'list',
    sql: `SELECT ${list}${via} FROM (${numberedRows}) w WHERE w.place = 1`,
  };
}

function parents({ dialect }: Compiler, all: Select, partition: string, want: Want): string {
  if (!want.via) return '';
  const parent = all.via ? dialect.list(['u.r', 'u.v']) : 'u.r';
  const list = `${dialect.collectItems(parent)} OVER (${partition})`;
  return `, CASE WHEN count(*) OVER (${partition}) > 1 THEN ${list} END AS parents`;
}
