/** Where rows come from: work tables and local data. */
import type { Relation } from '../../../contract/relation.ts';
import { type Compiler, plainOrder, type Select, type Want } from './select.ts';

export function selectScan(compiler: Compiler, relation: Relation & { op: 'scan' }, want: Want): Select {
  const shape = compiler.sources.table(relation.table);
  const cells = [...want.columns].map((index) => {
    const name = relation.table.columns[index]?.name ?? '';
    const cell = shape.cell(name);
    if (!cell) throw new Error(`The work table ${relation.table.id} has no column "${name}"`);
    return { ...cell, index };
  });
  const list = [`${shape.id} AS o1`, ...cells.map(({ sql, index }) => `${sql} AS x${index}`)];
  if (want.id) list.push(`${shape.id} AS id`);
  if (want.rid) list.push(`${shape.rid.sql} AS r`);
  if (want.base) list.push(`${shape.base.sql} AS b`);
  const aliases = [...cells.map(({ alias }) => alias), want.rid ? shape.rid.alias : null];
  const where = [
    ...(relation.from === undefined ? [] : [`${shape.id} > ${compiler.bind(relation.from)}`]),
    ...(relation.to === undefined ? [] : [`${shape.id} <= ${compiler.bind(relation.to)}`]),
  ];
  const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return { sql: `SELECT ${list.join(', ')} FROM ${shape.from(aliases)}${filter}`, orders: [plainOrder], via: false };
}

export function selectLocal(compiler: Compiler, relation: Relation & { op: 'local' }, want: Want): Select {
  const shape = compiler.sources.local(relation);
  const cells = [...want.columns].map((index) => {
    const found = shape.cell(relation.columns[index]?.name ?? '');
    return `${found?.sql ?? compiler.dialect.nothing(relation.columns[index]?.type ?? 'text')} AS x${index}`;
  });
  const list = [`${shape.id} AS o1`, ...cells];
  if (want.id) list.push(`${shape.id} AS id`);
  if (want.rid) list.push(`${compiler.dialect.nothing('integer')} AS r`);
  return { sql: `SELECT ${list.join(', ')} FROM ${shape.from([])}`, orders: [plainOrder], via: false };
}
