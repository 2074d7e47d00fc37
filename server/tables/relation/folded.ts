/** Text functions in SQL: directly for plain values, through a fold table for all others. */
import { type Expr, type Relation, relationColumns } from '../../../contract/relation.ts';
import { type Typed, text, typeOf, value } from './expression.ts';
import { isCheap, namesIn, reads, substitute } from './references.ts';
import { type Compiler, type FoldTask, wantToo } from './select.ts';
import type { TextStep } from './textSteps.ts';

/** Where the values of an expression come from. */
interface Origin {
  source: Expr;
  input: Relation;
}

const nothing = { columns: new Set<number>() };

/** Tells relations apart in keys. */
const numbers = new WeakMap<Relation, number>();
let lastNumber = 0;

function numberOf(relation: Relation): number {
  const known = numbers.get(relation);
  if (known !== undefined) return known;
  lastNumber += 1;
  numbers.set(relation, lastNumber);
  return lastNumber;
}

export function foldedSql(compiler: Compiler, chain: TextStep[], { sql, type }: Typed, origin: Origin): string {
  let table = '';
  for (const cheap of cheaperOrigins(compiler, origin)) {
    const key = `${chain.join('.')} ${numberOf(cheap.input)} ${JSON.stringify(cheap.source)}`;
    const values = (other: Compiler) => originSql(other, cheap, type === 'number');
    table = compiler.fold(key, { kind: 'fold', chain, values, known: knownAs(cheap) });
  }
  return lookup(compiler, chain, sql, table);
}

/** The same for a column that is no expression over a relation: `values` selects all it can be, as `v`. */
export function foldedColumn(compiler: Compiler, sql: string, key: object, task: FoldTask): string {
  return lookup(
    compiler,
    task.chain,
    sql,
    compiler.fold(`${task.chain.join('.')} ${sql} ${JSON.stringify(key)}`, task),
  );
}

function lookup({ dialect }: Compiler, chain: TextStep[], sql: string, table: string): string {
  const simple = /^\w+\.\w+$/.test(sql);
  const v = simple ? sql : 's.v';
  const { when, give } = dialect.direct(chain, v);
  const either = `CASE WHEN ${when} THEN ${give} ELSE (SELECT f.r FROM ${table} f WHERE f.v = ${dialect.foldKey(chain, v)}) END`;
  return simple ? either : `(SELECT ${either} FROM ${dialect.single(sql)} s)`;
}

function originSql(compiler: Compiler, { source, input }: Origin, isNumber: boolean): string {
  const select = compiler.select(input, wantToo(nothing, input, [source]));
  const scope = compiler.scope(input, 'i');
  return `SELECT ${isNumber ? value(scope, source).sql : text(scope, source)} AS v FROM (${select.sql}) i`;
}

function knownAs({ source, input }: Origin): string | null {
  const whole = input.op === 'scan' && input.from === undefined && input.to === undefined;
  return whole && source.op === 'column' ? `${input.table.store} ${input.table.id} ${source.name}` : null;
}

/**
 * The values are looked for below joins, ranks and groups where that is possible: it may give some that are not needed,
 * but spares the costly part of the statement a second run.
 */
function cheaperOrigins(compiler: Compiler, origin: Origin): Origin[] {
  if (isCheap(origin.input)) return [origin];
  const below = originsBelow(compiler, origin);
  return below ? below.flatMap((next) => cheaperOrigins(compiler, next)) : [origin];
}

function originsBelow(compiler: Compiler, { source, input }: Origin): Origin[] | null {
  if (reads('rowId', source) || reads('rid', source)) return null;
  const names = new Set(namesIn(source));
  switch (input.op) {
    case 'filter':
    case 'sort':
    case 'limit':
      return [{ source, input: input.input }];
    case 'rank':
      return names.has(input.as) ? null : [{ source, input: input.input }];
    case 'project':
      return throughProject(compiler, source, names, input);
    case 'join':
      return throughJoin(source, names, input);
    case 'set':
      return throughSet(source, names, input);
    default:
      return null;
  }
}

/** Not where a column is given another type than its expression has: its text may be another. */
function throughProject(compiler: Compiler, source: Expr, names: Set<string>, project: Relation & { op: 'project' }) {
  const scope = compiler.scope(project.input, 'i');
  const read = project.columns.filter(({ name }) => names.has(name));
  if (read.some(({ expr, type }) => typeOf(scope, expr) !== type)) return null;
  return [{ source: substitute(source, new Map(read.map(({ name, expr }) => [name, expr]))), input: project.input }];
}

function throughJoin(source: Expr, names: Set<string>, join: Relation & { op: 'join' }): Origin[] | null {
  const chosen = (join.columns ?? []).filter(({ as }) => names.has(as.name));
  if (chosen.length === 0) return [{ source, input: join.left }];
  const types = typesOf(join.right);
  if (chosen.length < names.size || chosen.some(({ as, from }) => types.get(from) !== as.type)) return null;
  const renamed = new Map(chosen.map(({ as, from }) => [as.name, { op: 'column', name: from } as const]));
  return [{ source: substitute(source, renamed), input: join.right }];
}

/** Only if every input has the columns with the same types: else the set changes the values. */
function throughSet(source: Expr, names: Set<string>, set: Relation & { op: 'set' }): Origin[] | null {
  const [first] = set.inputs;
  if (!first) return null;
  const reaching = set.kind === 'intersect' || set.kind === 'except' ? [first] : set.inputs;
  const types = typesOf(first);
  const same = reaching.every((input) => [...names].every((name) => typesOf(input).get(name) === types.get(name)));
  return same ? reaching.map((input) => ({ source, input })) : null;
}

const typesOf = (relation: Relation) => new Map(relationColumns(relation).map(({ name, type }) => [name, type]));
