/** Work tables made of relations, in one transaction: the table is there with all its rows and its output, or not at all. */
import { type Relation, relationColumns, type TableRef } from '../../../contract/relation.ts';
import type { Connection } from '../connection.ts';
import { withPlan } from '../relation/plan.ts';
import { orderText, type Want } from '../relation/select.ts';
import { columnsPerPart, partName, tableShape } from '../relation/shape.ts';
import { findSources } from '../relation/sources.ts';
import type { StoreAccess } from '../setting.ts';
import type { TableOwner } from '../types.ts';
import { addTable, fence, findNamed, finishTable, type TableRecord, toRef } from './catalogue.ts';
import { checkNames, createParts, ownColumns } from './physical.ts';
import { hasParents, storageOf } from './selection.ts';
import { hideTable } from './sweep.ts';

interface Making {
  access: StoreAccess;
  db: Connection;
  signal: AbortSignal;
}

export async function materialise(
  access: StoreAccess,
  owner: TableOwner,
  relation: Relation,
  { name, signal }: { name?: string; signal: AbortSignal },
): Promise<TableRef> {
  checkNames(relationColumns(relation));
  return access.write((db) =>
    db.transaction('durable', async () => {
      await fence(db, owner);
      const earlier = name === undefined ? null : await findNamed(db, owner.taskId, name);
      if (earlier && earlier.count !== null) return toRef(access.schemas.store, earlier, earlier.count);
      if (earlier) await hideTable(db, earlier);
      return makeTable({ access, db, signal }, owner, relation, name ?? null);
    }),
  );
}

async function makeTable(
  making: Making,
  owner: TableOwner,
  relation: Relation,
  name: string | null,
): Promise<TableRef> {
  const { access, db } = making;
  const sources = await findSources(db, access, relation);
  const via = hasParents(relation, sources);
  const table = { name, columns: relationColumns(relation), via, ...storageOf(relation, sources) };
  const record = await addTable(db, owner, table);
  await createParts(db, access.dialect, record);
  const count = await fill(making, record, relation);
  if (via) await writeLineage(making, record);
  await finishTable(db, record.no, count);
  return toRef(access.schemas.store, record, count);
}

/** Each part of a wide table evaluates the relation again: its order is the same every time. */
async function fill(making: Making, record: TableRecord, relation: Relation): Promise<number> {
  const own = ownColumns(record);
  const indexes = record.places.flatMap((place, index) => (place.startsWith('b.') ? [] : [index]));
  let count = await fillPart(making, record, relation, 0, { own, indexes });
  for (let part = 1; part * columnsPerPart < own.length; part += 1)
    count = await fillPart(making, record, relation, part, { own, indexes });
  return count;
}

async function fillPart(
  { access, db, signal }: Making,
  record: TableRecord,
  relation: Relation,
  part: number,
  { own, indexes }: { own: { name: string }[]; indexes: number[] },
): Promise<number> {
  const [from, to] = [part * columnsPerPart, (part + 1) * columnsPerPart];
  const columns = indexes.slice(from, to);
  const first = part === 0;
  const want: Want = {
    columns: new Set(columns),
    base: first && record.base !== null,
    rid: first && record.base === null && record.identity !== 'own',
    via: first && record.via,
  };
  const hidden = [...(want.base ? ['b'] : []), ...(want.rid ? ['_rid'] : []), ...(want.via ? ['_via'] : [])];
  const targets = [...hidden, ...own.slice(from, to).map(({ name }) => name)];
  return withPlan(db, access, { relation, want, signal }, ({ select, compiler }) => {
    const values = [
      ...hidden.map((name) => ({ b: 'q.b', _rid: 'q.r' })[name] ?? (select.via ? 'q.v' : 'NULL')),
      ...columns.map((index) => `q.x${index}`),
    ];
    const insert = {
      into: partName('', record.no, part),
      id: '_id',
      after: 0,
      columns: targets,
      values,
      from: `(${select.sql}) q`,
      order: orderText(select.orders, 'q'),
    };
    return db.run(access.dialect.insertNumbered(insert), compiler.params, signal);
  });
}

/** From each row to its further parents. `_via` holds one identity or a list. */
async function writeLineage({ access, db, signal }: Making, record: TableRecord): Promise<void> {
  const shape = tableShape(access.dialect, '', record);
  const rows = `SELECT ${shape.rid.sql} AS rid, t._via AS via FROM ${shape.from([shape.rid.alias])} WHERE t._via IS NOT NULL`;
  const { from, item } = access.dialect.itemsOf('q.via');
  const sql = `INSERT INTO _lineage (parent, child, no)
    SELECT ${item}, q.rid, ${record.no} FROM (${rows}) q CROSS JOIN ${from}
    WHERE ${item} <> q.rid ORDER BY 1, 2 ON CONFLICT DO NOTHING`;
  await db.run(sql, [], signal);
}
