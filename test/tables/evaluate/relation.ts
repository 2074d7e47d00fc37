/**
 * Relations evaluated in plain JavaScript, row by row: what the compiler is compared with. Slow and simple on purpose, and
 * written without looking at SQL.
 */
import { type Expr, type Relation, relationColumns, type TableRef } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import { commonType, compareCells, convert } from './cells.ts';
import { Evaluator, type Row, typeOfExpr } from './expression.ts';
import { groupRows } from './group.ts';
import { byOrder, keyOf } from './rows.ts';

export interface World {
  table(ref: TableRef): Row[];
  local(name: string): { columns: Column[]; rows: Cell[][] } | undefined;
}

export function evaluate(world: World, relation: Relation): Row[] {
  const columns = relationColumns(relation);
  switch (relation.op) {
    case 'scan': {
      const { from = 0, to = Number.MAX_SAFE_INTEGER, table } = relation;
      return world.table(table).filter(({ id }) => id !== null && id > from && id <= to);
    }
    case 'local':
      return localRows(world, relation);
    case 'filter':
      return evaluate(world, relation.input).filter((row) => new Evaluator(columns, row).test(relation.where) === true);
    case 'project':
      return projectRows(world, relation);
    case 'rank':
      return rankRows(world, relation);
    case 'sort': {
      const rows = evaluate(world, relation.input);
      return [...rows].sort(byOrder(columns, relation.order));
    }
    case 'limit':
      return evaluate(world, relation.input).slice(0, Math.max(0, relation.count));
    case 'join':
      return joinRows(world, relation);
    case 'group':
      return groupRows(evaluate(world, relation.input), relation);
    case 'set':
      return setRows(world, relation);
  }
}

function localRows(world: World, { table, columns }: Relation & { op: 'local' }): Row[] {
  const found = world.local(table);
  return (found?.rows ?? []).map((cells, index) => ({
    id: index + 1,
    rid: null,
    cells: columns.map(({ name }) => cells[found?.columns.findIndex((one) => one.name === name) ?? -1] ?? null),
  }));
}

function projectRows(world: World, relation: Relation & { op: 'project' }): Row[] {
  const columns = relationColumns(relation.input);
  return evaluate(world, relation.input).map((row) => {
    const evaluator = new Evaluator(columns, row);
    const own = relation.columns.map(({ expr, type }) => evaluator.as(expr, type));
    return { ...row, cells: relation.keep ? [...row.cells, ...own] : own };
  });
}

function rankRows(world: World, { input, partition, order }: Relation & { op: 'rank' }): Row[] {
  const columns = relationColumns(input);
  const rows = evaluate(world, input);
  const places = new Map<Row, number>();
  for (const group of Map.groupBy(rows, (row) => keyOf(columns, row, partition)).values())
    [...group].sort(byOrder(columns, order)).forEach((row, index) => {
      places.set(row, index + 1);
    });
  return rows.map((row) => ({ ...row, cells: [...row.cells, places.get(row) ?? null] }));
}

function matches(left: { columns: Column[]; row: Row }, right: { columns: Column[]; row: Row }, on: JoinOn): boolean {
  return on.every((pair) => {
    const type = commonType([typeOfExpr(pair.left, left.columns), typeOfExpr(pair.right, right.columns)]);
    const a = new Evaluator(left.columns, left.row).as(pair.left, type);
    const b = new Evaluator(right.columns, right.row).as(pair.right, type);
    if (a === null || b === null) return a === b && (pair.nullSafe ?? false);
    return compareCells(type, a, b) === 0;
  });
}
type JoinOn = (Relation & { op: 'join' })['on'];

function joinRows(world: World, { kind, left, right, on, columns = [] }: Relation & { op: 'join' }): Row[] {
  const [leftColumns, rightColumns] = [relationColumns(left), relationColumns(right)];
  const rights = evaluate(world, right);
  return evaluate(world, left).flatMap((row): Row[] => {
    const partners = rights.filter((one) =>
      matches({ columns: leftColumns, row }, { columns: rightColumns, row: one }, on),
    );
    if (kind === 'semi') return partners.length > 0 ? [row] : [];
    if (kind === 'anti') return partners.length > 0 ? [] : [row];
    const chosen = (partner: Row | null) =>
      columns.map(({ from, as }) => {
        if (!partner) return null;
        return new Evaluator(rightColumns, partner).as({ op: 'column', name: from }, as.type);
      });
    if (partners.length === 0) return kind === 'left' ? [{ ...row, cells: [...row.cells, ...chosen(null)] }] : [];
    return partners.map((partner) => ({ ...row, cells: [...row.cells, ...chosen(partner)] }));
  });
}

function setRows(world: World, relation: Relation & { op: 'set' }): Row[] {
  const columns = relationColumns(relation);
  const inputs = relation.inputs.map((input) => aligned(world, columns, input));
  const by = relation.by.length > 0 ? relation.by : columns.map(({ name }) => name);
  const exprs = by.map((name): Expr => ({ op: 'column', name }));
  const key = (row: Row) => keyOf(columns, row, exprs);
  const [first = [], ...others] = inputs;
  if (relation.kind === 'unionAll') return inputs.flat().map((row) => ({ ...row, id: null }));
  if (relation.kind === 'union') {
    const groups = Map.groupBy(inputs.flat(), key);
    return [...groups.values()].map((rows) => ({ ...(rows[0] as Row), id: null }));
  }
  const sets = others.map((rows) => new Set(rows.map(key)));
  if (relation.kind === 'intersect') return first.filter((row) => sets.every((set) => set.has(key(row))));
  return first.filter((row) => sets.every((set) => !set.has(key(row))));
}

function aligned(world: World, columns: Column[], input: Relation): Row[] {
  const own = relationColumns(input);
  return evaluate(world, input).map((row) => ({
    ...row,
    cells: columns.map(({ name, type }) => {
      const place = own.findIndex((one) => one.name === name);
      return place < 0 ? null : convert({ cell: row.cells[place] ?? null, type: own[place]?.type ?? null }, type);
    }),
  }));
}
