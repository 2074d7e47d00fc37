/** Reload and compare: ids and hashes of both sides lie in work tables, and the database says what is missing, extra or different. */
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { countText } from '../kit/rows.ts';
import { convertRow, differing } from './columns.ts';
import type { Outcome } from './load.ts';
import { listTable, loaded, sweep } from './load.ts';
import type { Replica } from './replica.ts';
import { rowHash } from './rowHash.ts';

const columns: Column[] = [
  { name: 'id', label: 'id', type: 'text' },
  { name: 'hash', label: 'hash', type: 'text' },
];

interface Drift {
  missing: TableRef;
  extra: TableRef;
  different: TableRef;
}

export async function compare(replica: Replica): Promise<Outcome> {
  const { client, context } = replica.scope;
  const startedAt = await client.serverNow();
  const source = await listSource(replica);
  const target = await listTable(replica, `target ${replica.details.name}`, columns, (row) => [
    replica.idOf(row),
    rowHash(replica.table.columns, row),
  ]);
  const drift = await findDrift(replica, source, target);
  await report(replica, drift);
  if (!context.config.mend) return {};
  // Many single ids cost more than reading everything.
  if (drift.missing.count + drift.different.count > Math.max(10_000, source.count / 10)) return sweep(replica);
  for (const wanted of [drift.missing, drift.different])
    for await (const { rows } of context.read(wanted))
      for await (const page of replica.readByIds(rows.map(([id]) => String(id)))) await replica.putPage(page, {});
  for await (const { rows } of context.read(drift.extra))
    await replica.remove(
      rows.map(([id]) => String(id)),
      () => startedAt,
    );
  return loaded(replica, startedAt, startedAt);
}

/** Of the CRM: a later attempt goes on where it was. A record that cannot be read is there, and differs from any row. */
async function listSource(replica: Replica): Promise<TableRef> {
  const { client, context } = replica.scope;
  const writer = await context.writer({ columns, name: `source ${replica.details.name}`, resume: true });
  const position = client.resumes(replica.query) ? (writer.position as Cell) : null;
  for await (const page of client.read(replica.query, position)) {
    const read = page.rows.map((row): Cell[] => [
      replica.idOf(row),
      rowHash(replica.table.columns, converted(replica, row)),
    ]);
    const unread = page.rejects.flatMap(({ id }): Cell[][] => (id === null ? [] : [[id, '']]));
    await writer.append([...read, ...unread], { position: page.position });
    context.progress(writer.count, page.total, `records of ${replica.details.name} compared`);
  }
  return writer.finish();
}

/** As it would be written; a value that its column cannot take stays as it is, and differs. */
function converted({ plan }: Replica, row: Cell[]): Cell[] {
  const { row: cells, unfit } = convertRow(plan, row);
  return cells.map((cell, place) => (unfit.includes(place) ? (row[place] ?? null) : cell));
}

async function findDrift({ scope, details }: Replica, source: TableRef, target: TableRef): Promise<Drift> {
  const on = [{ left: column('id', 'left'), right: column('id', 'right') }];
  const without = (left: TableRef, right: TableRef): Relation => ({
    op: 'join',
    kind: 'anti',
    left: scan(left),
    right: scan(right),
    on,
  });
  const both: Relation = {
    op: 'join',
    kind: 'inner',
    left: scan(source),
    right: scan(target),
    on,
    columns: [{ from: 'hash', as: { name: 'other', label: 'other', type: 'text' } }],
  };
  const differs: Relation = {
    op: 'filter',
    input: both,
    where: { op: 'ne', left: column('hash'), right: column('other') },
  };
  const table = (name: string, relation: Relation) =>
    scope.context.table(relation, { name: `${name} ${details.name}` });
  return {
    missing: await table('missing', without(source, target)),
    extra: await table('extra', without(target, source)),
    different: await table('different', differs),
  };
}

/** All are counted; of each kind the first are rows of the port. */
async function report(replica: Replica, drift: Drift): Promise<void> {
  const kinds = ['missing', 'extra', 'different'] as const;
  for (const kind of kinds) replica.counts[kind] = drift[kind].count;
  const rows: Cell[][] = [];
  for (const kind of kinds) {
    const ids = await firstIds(replica, drift[kind]);
    const fields = kind === 'different' ? await differingFields(replica, ids) : new Map<string, string>();
    rows.push(...ids.map((id): Cell[] => [replica.details.name, replica.table.name, id, kind, fields.get(id) ?? null]));
  }
  await replica.scope.results.drift.append(replica.table.name, rows);
  const found = kinds.map((kind) => `${countText(drift[kind].count)} ${kind}`).join(', ');
  const none = kinds.every((kind) => drift[kind].count === 0);
  replica.log(none ? 'info' : 'warning', none ? 'the table is as the CRM is.' : `the table differs: ${found}.`);
}

async function firstIds({ scope }: Replica, table: TableRef): Promise<string[]> {
  const { context } = scope;
  const ids: string[] = [];
  for await (const { rows } of context.read(table)) {
    ids.push(...rows.map(([id]) => String(id)));
    if (ids.length >= context.config.sample) break;
  }
  return ids.slice(0, context.config.sample);
}

async function differingFields(replica: Replica, ids: string[]): Promise<Map<string, string>> {
  const there = new Map((await replica.scope.target.rows(replica.table, ids)).map((row) => [replica.idOf(row), row]));
  const fields = new Map<string, string>();
  for await (const page of replica.readByIds(ids))
    for (const row of page.rows) {
      const names = differing(replica.table.columns, converted(replica, row), there.get(replica.idOf(row)) ?? []);
      fields.set(replica.idOf(row), names.join(', '));
    }
  return fields;
}
