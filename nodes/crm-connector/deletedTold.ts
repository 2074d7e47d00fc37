/**
 * Deletions between two dates, of a CRM that tells by a mark what is gone, and of none when it went. What each import is told
 * is kept in local data, with the two imports between which it went; a period is answered from there, by the deletions that
 * may lie in it. Nothing is known of what was before the first import, or of what the CRM has forgotten between two of them.
 */
import type { CrmClient } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { LocalWrite, Predicate, ProjectedColumn, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { countText } from '../kit/rows.ts';
import { idField } from './config.ts';
import { hashOf } from './hash.ts';
import type { Period } from './period.ts';
import { forgotten, mostDaysBack } from './period.ts';
import { deletedColumns } from './ports.ts';
import type { Context } from './readRecords.ts';

/** Tables of local data whose name begins with "_" are Syncline's own and are not listed. */
const tables = { deletions: '_deletions', marks: '_deletionMarks' } as const;
const text = (name: string): Column => ({ name, label: name, type: 'text' });
const instant = (name: string): Column => ({ name, label: name, type: 'datetime' });
/** `after` and `until` are the imports between which it went. */
const deletionColumns = [text('source'), text('id'), instant('after'), instant('until')];
const deletionKey = ['source', 'id', 'until'];
/** `begun`: from when on everything is known. `told`: when the mark was given. */
const markColumns = [text('source'), instant('begun'), instant('told'), text('mark')];
const rowsPerStep = 10_000;
const second = 1_000;

interface Journal {
  begun: string;
  told: string;
  mark: string;
}

/** Rejects with DELETED_GAP where the period begins before everything was known; from then on it is. */
export async function deletedTold(context: Context, client: CrmClient, period: Period): Promise<TableRef> {
  const { connection, object } = context.config;
  const source = `${connection}/${object.toLowerCase()}`;
  await context.ensureLocalTable(tables.deletions, deletionColumns, deletionKey);
  await context.ensureLocalTable(tables.marks, markColumns, ['source']);
  const { begun, fresh } = await goOn(context, client, source);
  if (period.from < begun) throw forgotten(object, period.from, begun);
  return answer(context, source, fresh, period);
}

interface Told {
  /** From when on everything is known. */
  begun: string;
  /** What was deleted since the last import. */
  fresh: TableRef;
}

async function goOn(context: Context, client: CrmClient, source: string): Promise<Told> {
  const { object } = context.config;
  const kept = await readJournal(context, source);
  const now = await client.serverNow();
  const since = async (journal: Journal | null) => ({
    journal,
    told: await client.deleted(object, journal?.told ?? now, now, journal?.mark ?? null),
  });
  const { journal, told } = await since(kept).catch((error: unknown) => {
    if (kept === null || !(error instanceof UserError) || error.code !== 'DELETED_NOT_KEPT') throw error;
    context.log('warning', `${error.message} From now on they are followed anew.`);
    return since(null);
  });
  // Its clock shows whole seconds.
  const until = new Date(Date.parse(await client.serverNow()) + second).toISOString();
  const next: Journal = { begun: journal?.begun ?? until, told: now, mark: told.mark ?? '' };
  const rows = told.records.map(({ id }): Cell[] => [source, id, journal?.told ?? now, until]);
  const fresh = await written(context, deletionColumns, 'told', rows);
  const isKept = await keep(context, source, next, fresh);
  if (journal === null && isKept) context.log('info', `Deletions from ${object} are followed from now on.`);
  return { begun: next.begun, fresh };
}

async function readJournal(context: Context, source: string): Promise<Journal | null> {
  const local: Relation = { op: 'local', table: tables.marks, columns: markColumns };
  const found = await context.table({ op: 'filter', input: local, where: isOf(source) });
  for await (const { rows } of context.read(found, { columns: ['begun', 'told', 'mark'] })) {
    const [[begun, told, mark] = []] = rows;
    return { begun: String(begun), told: String(told), mark: String(mark) };
  }
  return null;
}

/**
 * The mark behind what it was given with: an attempt that dies in between is told the same once more. Gives whether it is kept: a
 * simulation keeps nothing.
 */
async function keep(
  context: Context,
  source: string,
  { begun, told, mark }: Journal,
  fresh: TableRef,
): Promise<boolean> {
  const step = hashOf([mark, told]);
  for (let from = 0; from < fresh.count; from += rowsPerStep) {
    const part: Relation = { op: 'scan', table: fresh, from, to: from + rowsPerStep };
    await context.once(`told:${step}:${from}`, {
      table: tables.deletions,
      operation: 'upsert',
      source: part,
      key: deletionKey,
      values: [{ name: 'after' }],
    });
  }
  const marks = await written(context, markColumns, 'mark', [[source, begun, told, mark]]);
  const values = ['begun', 'told', 'mark'].map((name) => ({ name }));
  const moved: LocalWrite = { table: tables.marks, operation: 'upsert', source: scan(marks), key: ['source'], values };
  const { inserted, updated } = await context.once(`mark:${step}`, { ...moved, also: [forget(told)] });
  return inserted + updated > 0;
}

async function written(context: Context, columns: Column[], name: string, rows: Cell[][]): Promise<TableRef> {
  const writer = await context.writer({ columns, name });
  for (let from = 0; from < rows.length; from += batchRows) {
    context.signal.throwIfAborted();
    await writer.append(rows.slice(from, from + batchRows));
  }
  return writer.finish();
}

const batchRows = 1_000;

/** What no period can ask for any more. */
function forget(told: string): LocalWrite {
  const oldest = new Date(Date.parse(told) - (mostDaysBack + 1) * 86_400 * second).toISOString();
  const where: Predicate = { op: 'lt', left: column('until'), right: literal(oldest, 'datetime') };
  const source: Relation = { op: 'filter', input: deletions, where };
  return { table: tables.deletions, operation: 'delete', source, key: deletionKey, values: [] };
}

const deletions: Relation = { op: 'local', table: tables.deletions, columns: deletionColumns };
const isOf = (source: string): Predicate => ({ op: 'eq', left: column('source'), right: literal(source, 'text') });
const isAt = (name: string, op: 'ge' | 'le' | 'gt' | 'lt', at: string): Predicate => ({
  op,
  left: column(name),
  right: literal(at, 'datetime'),
});

/**
 * One row for each record that may have gone in the period, with the instant at which its last deletion was told. What is `fresh`
 * is kept with the others, but not by a simulation.
 */
async function answer(context: Context, source: string, fresh: TableRef, { from, to }: Period): Promise<TableRef> {
  const may: Predicate = { op: 'and', items: [isOf(source), isAt('until', 'ge', from), isAt('after', 'le', to)] };
  const inputs = [deletions, scan(fresh)].map((input): Relation => ({ op: 'filter', input, where: may }));
  const held: Relation = { op: 'set', kind: 'union', inputs, by: deletionKey };
  const [id, date] = deletedColumns;
  if (!id || !date) throw new Error('An import of deleted records has two columns.');
  const last: Relation = {
    op: 'group',
    input: held,
    by: [{ ...id, expr: column('id') }],
    aggregates: [{ ...date, fn: 'max', of: column('until') }],
  };
  const sorted: Relation = {
    op: 'sort',
    input: last,
    order: [date.name, idField].map((name) => ({ by: column(name), direction: 'asc' })),
  };
  const columns = deletedColumns.map((own): ProjectedColumn => ({ ...own, expr: column(own.name) }));
  const success = await context.table({ op: 'project', input: sorted, columns }, { name: 'success' });
  const surely: Predicate = { op: 'and', items: [isAt('after', 'ge', from), isAt('until', 'le', to)] };
  const unsure = await context.count({ op: 'filter', input: held, where: { op: 'not', item: surely } });
  if (unsure > 0)
    context.log(
      'info',
      `The CRM tells what was deleted between two imports, and not when: ${countText(unsure)} of these deletions may lie outside the two dates.`,
    );
  return success;
}
