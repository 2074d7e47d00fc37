/**
 * Import of what changed, by change tracking: the CRM says what changed and what went since a mark, which is kept beside the
 * import date. Without a mark of that date everything is read.
 */
import type { CrmClient, ReadQuery, RemoteChanges, RemoteObjectDetails } from '../../contract/connector.ts';
import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import type { Effect } from '../../contract/run.ts';
import { parseCursor } from '../../contract/run.ts';
import { countText } from '../kit/rows.ts';
import type { NodeOutcome } from '../kit/run.ts';
import type { ImportField } from './config.ts';
import { chosenFields, fieldColumn, idField, takesGone } from './config.ts';
import { stampColumn } from './delivered.ts';
import { changeMarks, moveMark } from './marks.ts';
import { goneColumns } from './ports.ts';
import type { Context, ReadField, Reading } from './readRecords.ts';
import { fieldsNow, readColumns, readRecords, reportRejects } from './readRecords.ts';
import type { Verdict } from './reconcile.ts';
import { reconcile, verdictEffects, verdictText, withLate } from './reconcile.ts';
import { reconcileChanges } from './reconcileChanges.ts';
import type { Walk } from './trackedPages.ts';
import { keepDeleted, walkedPages } from './trackedPages.ts';
import type { ImportCursor } from './window.ts';
import { advance, beganAt, trackedCursor, windowVars } from './window.ts';

export async function importTracked(
  context: Context,
  client: CrmClient,
  changes: RemoteChanges,
  details: RemoteObjectDetails,
): Promise<NodeOutcome> {
  const { config } = context;
  const fields = await fieldsNow(client, details, chosenFields(config));
  const cursor = await trackedCursor(context, client);
  const marks = await changeMarks(context, cursor);
  const began = await beganAt(context, client);
  const query = trackedQuery(context, fields, details);
  const walk: Walk = {
    changes,
    query,
    mark: marks.present?.mark ?? null,
    walked: cursor.optionValue === null ? 'first' : marks.present === null ? 'other' : 'since',
    ids: await context.writer({ columns: goneColumns, name: 'deleted', resume: true }),
    deleted: null,
    gone: [],
    next: null,
  };
  const reading = readingOf(walk, fields, details);
  const read = await readRecords(context, reading);
  if (walk.next === null) throw new Error(`The changes of ${details.name} ended without a mark.`);
  const { records, gone } = await settled(context, walk, reading, read.records);
  sayWalked(context, walk, cursor, details);
  const counting = { ...read, records };
  const { verdict, late } =
    walk.walked === 'since'
      ? { verdict: await reconcileChanges(context, walk, walk.next, { ...counting, gone }), late: null }
      : await reconcile(context, client, {
          query,
          read: counting,
          reading,
          stampField: details.stampField ?? null,
          movingSince: began,
          changedSince: began,
        });
  const all = late === null ? records : await withLate(context, records, late);
  const success = await context.table(passedOn(context, walk, cursor, all, fields), { name: 'success' });
  await reportRejects(context, read.rejects);
  const what =
    walk.walked === 'since' ? `changed since ${marks.present?.date}, ${countText(gone.count)} gone` : 'all read';
  const said = `${countText(success.count)} records imported from ${details.label} (${what}). ${verdictText(verdict)}`;
  context.log('info', said.trim());
  return {
    ports: { success, ...(takesGone(config) ? { gone } : {}), reject: read.rejects },
    vars: { ...context.vars, ...windowVars(cursor), recCount: success.count },
    effects: [
      ...moved(context, cursor, verdict, moveMark(config, cursor, marks, walk.next)),
      ...unknownGone(context, walk, cursor, details),
      ...verdictEffects(verdict, details.label),
    ],
  };
}

/** The date and its mark, together or not at all. */
const moved = (context: Context, cursor: ImportCursor, verdict: Verdict, mark: Effect): Effect[] =>
  verdict.left === 0 ? [...advance(context.config, cursor), mark] : [];

/** The stamp is read even if nobody chose it: where the date has no mark, it tells what changed since. */
function trackedQuery(
  { config }: Context,
  fields: readonly ImportField[],
  { stampField }: RemoteObjectDetails,
): Pick<ReadQuery, 'object' | 'fields' | 'raw'> {
  const names = fields.map(({ name }) => name);
  const isRead = stampField === undefined || names.some((name) => name.toLowerCase() === stampField.toLowerCase());
  return {
    object: config.object,
    fields: isRead ? names : [...names, stampField],
    raw: fields.filter(({ conversion }) => conversion === 'copy').map(({ name }) => name),
  };
}

function readingOf(walk: Walk, fields: readonly ReadField[], { stampField }: RemoteObjectDetails): Reading {
  const at = walk.query.fields.findIndex((name) => name.toLowerCase() === stampField?.toLowerCase());
  return {
    fields,
    stampAt: at < 0 ? null : at,
    hashed: null,
    resume: true,
    pages: (position) => walkedPages(walk, position),
    keep: (behind) => keepDeleted(walk, behind),
  };
}

/**
 * One row for each record, its last, and which records are gone. A record that changed and then went is gone; one that is there
 * when everything is read is not, whatever was said of it before.
 */
async function settled(
  context: Context,
  { walked, deleted }: Walk,
  reading: Reading,
  read: TableRef,
): Promise<{ records: TableRef; gone: TableRef }> {
  if (deleted === null) throw new Error('Changes were never asked for.');
  const told = await deleted.finish(context, 'told');
  const went: Relation = {
    op: 'group',
    input: scan(told),
    by: goneColumns.map((own) => ({ ...own, expr: column(idField) })),
    aggregates: [],
  };
  const last = lastRows(reading, read);
  const records = await context.table(walked === 'since' ? without(last, went) : last, { name: 'latest' });
  const gone = await context.table(walked === 'since' ? went : without(went, scan(records)), { name: 'went' });
  return { records, gone };
}

const place = '_place';

function lastRows(reading: Reading, read: TableRef): Relation {
  const ranked: Relation = {
    op: 'rank',
    input: scan(read),
    partition: [column(idField)],
    order: [{ by: rowId, direction: 'desc' }],
    as: place,
  };
  const last: Relation = {
    op: 'filter',
    input: ranked,
    where: { op: 'eq', left: column(place), right: literal(1, 'integer') },
  };
  const columns = readColumns(reading).map((own) => ({ ...own, expr: column(own.name) }));
  return { op: 'project', input: last, columns };
}

const without = (left: Relation, right: Relation): Relation => ({
  op: 'join',
  kind: 'anti',
  left,
  right,
  on: [{ left: column(idField, 'left'), right: column(idField, 'right') }],
});

/** Where the date has no mark, of all records those that changed since by their stamp. */
function passedOn(
  { config }: Context,
  { walked }: Walk,
  { optionValue }: ImportCursor,
  records: TableRef,
  fields: readonly ImportField[],
): Relation {
  const isStamped = records.columns.some(({ name }) => name === stampColumn.name);
  const since = walked === 'other' && isStamped && optionValue !== null ? parseCursor(optionValue) : null;
  const from = since && new Date(since.getTime() - config.index.lookBack * 60_000).toISOString();
  const input: Relation =
    from === null
      ? scan(records)
      : {
          op: 'filter',
          input: scan(records),
          where: { op: 'ge', left: column(stampColumn.name), right: literal(from, 'datetime') },
        };
  return {
    op: 'project',
    input,
    columns: fields.map((field) => ({ ...fieldColumn(field), expr: column(field.name) })),
  };
}

/** How it was read, and why. */
function sayWalked(
  context: Context,
  { walked }: Walk,
  { optionValue }: ImportCursor,
  details: RemoteObjectDetails,
): void {
  const { label, stampField } = details;
  const { lookBack } = context.config.index;
  if (walked === 'first') context.log('info', `All of ${label} was read; from now on what changes is told.`);
  if (walked === 'other') {
    const passed =
      stampField === undefined
        ? 'all of it is passed on'
        : `what changed since then by ${stampField}, and ${lookBack} minutes before, is passed on`;
    context.log(
      'info',
      `There is no mark of change tracking for ${optionValue}: all of ${label} was read, and ${passed}.`,
    );
  }
  if (walked === 'forgotten')
    context.log('warning', `${forgotten(label, optionValue)}: all of it was read, and is passed on.`);
}

const forgotten = (label: string, date: string | null): string =>
  `The CRM has forgotten what changed in ${label} since ${date}`;

/** What went before everything was read once more, nobody tells. */
function unknownGone(
  { config }: Context,
  { walked }: Walk,
  { optionValue }: ImportCursor,
  { label }: RemoteObjectDetails,
): Effect[] {
  if (!takesGone(config) || (walked !== 'other' && walked !== 'forgotten')) return [];
  const why =
    walked === 'forgotten' ? forgotten(label, optionValue) : `There is no mark of change tracking for ${optionValue}`;
  const message = `${why}: which of its records were deleted since is not known. Compare all records once.`;
  return [{ type: 'alarm', severity: 'warning', message }];
}
