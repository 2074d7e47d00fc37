/**
 * Objects without a date are compared as a whole: each import keeps a hash for every record it has read, under its own run,
 * and the next one delivers what has another hash, or none, and names what is gone.
 *
 * As with records delivered before, the notes of a run count only while the option still has the value that this very run
 * gave it: a run that failed, or a date that a person moved, is compared with nothing, so that all comes again.
 */
import type { Expr, LocalWrite, Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Column } from '../../contract/types.ts';
import { idField } from './config.ts';
import { hashColumn } from './hash.ts';
import { goneColumns } from './ports.ts';
import type { Context, ReadTables } from './readRecords.ts';

const table = '_compared';
const text = (name: string): Column => ({ name, label: name, type: 'text' });
const columns: Column[] = [text('option'), text('run'), text('id'), text('hash')];
const key = ['option', 'run', 'id'];
const rowsPerStep = 10_000;
const notes: Relation = { op: 'local', table, columns };

const is = (name: string, value: string): Predicate => ({
  op: 'eq',
  left: column(name),
  right: literal(value, 'text'),
});

/** What differs from the last import that counted; `base` is its run. */
export interface Comparison {
  changed: Relation;
  gone: Relation;
  base: string | null;
}

export async function compare(context: Context, optionName: string, read: ReadTables): Promise<Comparison> {
  const { records } = read;
  const known = (await context.localTable(table)) !== null;
  const base = known ? await context.optionSetBy(optionName) : null;
  if (base === null) return { base, changed: scan(records), gone: nothing(records) };
  const before = notesOf(optionName, base);
  const same = [
    { left: column(idField, 'left'), right: column('id', 'right') },
    { left: column(hashColumn.name, 'left'), right: column('hash', 'right') },
  ];
  return {
    base,
    changed: { op: 'join', kind: 'anti', left: scan(records), right: before, on: same },
    gone: await goneSince(context, before, read),
  };
}

const notesOf = (optionName: string, run: string): Relation => ({
  op: 'filter',
  input: notes,
  where: { op: 'and', items: [is('option', optionName), is('run', run)] },
});

/** A record that could not be read is still there; one that could not even be told which it was may be any of them. */
async function goneSince(context: Context, before: Relation, { records, rejects }: ReadTables): Promise<Relation> {
  const nameless: Relation = { op: 'filter', input: scan(rejects), where: { op: 'isNull', value: column(idField) } };
  if ((await context.count(nameless)) > 0) return nothing(records);
  const columns = goneColumns.map((own) => ({ ...own, expr: column('id') }));
  return without(without({ op: 'project', input: before, columns }, records), rejects);
}

const without = (left: Relation, right: TableRef): Relation => ({
  op: 'join',
  kind: 'anti',
  left,
  right: scan(right),
  on: [{ left: column(idField, 'left'), right: column(idField, 'right') }],
});

const nothing = (records: TableRef): Relation => ({
  op: 'project',
  input: { op: 'limit', input: scan(records), count: 0 },
  columns: goneColumns.map((own) => ({ ...own, expr: column(idField) })),
});

/** Keeps the hashes of this import, and forgets those that no import can ask for any more. */
export async function noteCompared(
  context: Context,
  optionName: string,
  { records, gone, base }: { records: TableRef; gone: TableRef; base: string | null },
): Promise<void> {
  await context.ensureLocalTable(table, columns, key);
  const noted = (input: Relation, id: string, hash: Expr): Relation => ({
    op: 'project',
    input,
    columns: [
      { ...text('option'), expr: literal(optionName, 'text') },
      { ...text('run'), expr: literal(context.run.id, 'text') },
      { ...text('id'), expr: column(id) },
      { ...text('hash'), expr: hash },
    ],
  });
  for (let from = 0; from < records.count; from += rowsPerStep) {
    const batch: Relation = { op: 'scan', table: records, from, to: from + rowsPerStep };
    await context.once(`compared:${from}`, write('upsert', noted(batch, idField, column(hashColumn.name))));
  }
  if (base !== null) {
    // Neither read nor gone: kept, with a hash that none has, so that it is delivered when it can be read again.
    const left = withoutId(withoutId(notesOf(optionName, base), records), gone);
    await context.once('compared:left', write('upsert', noted(left, 'id', literal('', 'text'))));
  }
  const kept: Predicate = { op: 'in', value: column('run'), list: [context.run.id, base ?? ''], type: 'text' };
  const where: Predicate = { op: 'and', items: [is('option', optionName), { op: 'not', item: kept }] };
  await context.once('compared:forget', write('delete', { op: 'filter', input: notes, where }));
}

const withoutId = (left: Relation, right: TableRef): Relation => ({
  op: 'join',
  kind: 'anti',
  left,
  right: scan(right),
  on: [{ left: column('id', 'left'), right: column(idField, 'right') }],
});

function write(operation: LocalWrite['operation'], source: Relation): LocalWrite {
  return { table, operation, source, key, values: operation === 'delete' ? [] : [{ name: 'hash' }] };
}
