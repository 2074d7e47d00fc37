/**
 * What an export would do, record by record, before anything is sent. Every row that arrives is either planned or rejected:
 * its fields are prepared, the records it may mean are read, and what differs is what would be sent. All tables belong to the
 * task: a later attempt goes on where this one stopped.
 */
import type { CrmClient, RemoteObjectDetails } from '../../../contract/connector.ts';
import type { ExportAction, ExportReport } from '../../../contract/exports.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { SentRows } from '../../../contract/sent.ts';
import { rejectColumns } from '../../kit/rejects.ts';
import { arrivedRows, countText } from '../../kit/rows.ts';
import type { TableWriter } from '../../kit/run.ts';
import { idField } from '../config.ts';
import type { Context } from '../readRecords.ts';
import type { Target } from './applyRecords.ts';
import type { WrittenObject } from './fields.ts';
import { canCreate, canUpdate, readFields } from './fields.ts';
import { movedColumn } from './moved.ts';
import { compareWithSent, rowsToAskFor, sentRows } from './onlyChanged.ts';
import { prepare } from './prepare.ts';
import { readRelated, readTargets } from './targets.ts';
import type { Read } from './verdicts.ts';
import { verdictColumns, writeVerdicts } from './verdicts.ts';

export interface Plan {
  /**
   * In the order in which they are to be sent: creations, upserts, updates, deletions, and last what is unchanged and what has moved; within
   * each, rows of one parent lie together. Columns: `_row` (`_id` in the input), `action`, `recordId` (null for creations and
   * upserts), `key` (canonical text; null: none), `stamp` (when the record was last changed, as it was read; null where the
   * object has no such field), `values` (what is sent, by field or lookup path; of an update only what differs, null clears)
   * and `before` (by plain field: what the record holds of the fields that change, of a deletion all that could be written into a
   * new one; null for creations and upserts), `told` (the values as the record holds them once written, where a lookup is sent
   * by a key; null: `values` are), `changed` (names of the fields that get another value, with a comma around each), and the
   * reject columns, which say why a row is left as it is where that is not for being the same.
   */
  rows: TableRef;
  /** `_row`, `movedTo` and the reject columns, in the order of the input. */
  rejects: TableRef;
  /** What is said of each row that came, in their order: `rows` and `rejects` together, with the `verdictColumns`. */
  verdicts: TableRef;
  /** The rows that came. */
  input: TableRef;
  /** What they are in the sent states that they count for. */
  sent: readonly SentRows[];
  target: Target;
  details: RemoteObjectDetails;
  /** insert, update, upsert, automatic, delete, undo. */
  operation: string;
  /** Fields that are written, in the order of the mapping. */
  fields: ExportReport['fields'];
}

/** Throws UserError when the CRM is not what was drawn, and whatever its calls throw. */
export async function makePlan(context: Context, client: CrmClient): Promise<Plan> {
  const input = arrivedRows(context);
  const written = await readFields(context.config, client);
  const writer = await context.writer({ columns: [...verdictColumns], name: 'verdicts', resume: true });
  const prepared = await prepare(context, client, input, written);
  const sent = await compareWithSent(context, written, input, prepared);
  if (writer.count < input.count) await judge(context, client, written, { prepared, sent }, writer);
  const { details, mode, fields } = written;
  const target = targetOf(written, context.config.export.assignmentRule);
  return {
    ...(await sortVerdicts(context, writer)),
    input,
    sent: await sentRows(context, input, sent),
    target,
    details,
    operation: mode,
    fields: fields.map(({ mapped, remote }) => ({
      name: remote.name,
      label: mapped.label || remote.label,
      type: remote.type,
    })),
  };
}

function targetOf(written: WrittenObject, assignmentRule: string): Target {
  const { details, key, newer, follows, fields, stampField } = written;
  const { name: object, moved } = details;
  const named = key?.remote.name ?? idField;
  const keyField = named === idField ? null : named;
  return { object, idField: details.idField, keyField, newer, moved, follows, stampField, fields, assignmentRule };
}

/** The plan that verdicts make: those that are to be sent, and those that are refused. */
export async function sortVerdicts(
  context: Context,
  writer: TableWriter,
): Promise<Pick<Plan, 'verdicts' | 'rows' | 'rejects'>> {
  const verdicts = await writer.finish();
  const rows = await context.table(inOrder(verdicts), { name: 'plan' });
  const rejects = await context.table(rejected(verdicts), { name: 'planRejects' });
  return { verdicts, rows, rejects };
}

/** Only while it is not known of each row what becomes of it: whoever comes again, perhaps days later, asks the CRM nothing. */
async function judge(
  context: Context,
  client: CrmClient,
  written: WrittenObject,
  { prepared, sent }: Pick<Read, 'prepared' | 'sent'>,
  writer: TableWriter,
): Promise<void> {
  warnOfHalves(context, written);
  const due = await rowsToAskFor(context, prepared, sent);
  const targets = await readTargets(context, client, written, due);
  const related = await readRelated(context, client, written, due);
  await writeVerdicts(context, written, { prepared, sent, targets, related }, writer);
  context.log('info', `It is planned what becomes of ${countText(writer.count)} rows.`);
}

/** Some fields can be given to new records only, or only be changed later. */
function warnOfHalves(context: Context, written: WrittenObject): void {
  const { fields, key } = written;
  const named = (names: string[], what: string): void => {
    if (names.length > 0) context.log('warning', `${names.join(', ')}: ${what}.`);
  };
  const names = (missing: 'creates' | 'updates'): string[] =>
    fields.filter((field) => !field[missing] && field !== key).map(({ mapped }) => mapped.field);
  if (canCreate(written)) named(names('creates'), 'left out of new records, for which the CRM does not take it');
  if (canUpdate(written))
    named(names('updates'), 'left as it is in records that exist, where the CRM does not let it be changed');
}

const isPlanned: Predicate = { op: 'isNotNull', value: column('action') };

const order: readonly ExportAction[] = ['create', 'upsert', 'update', 'undelete', 'delete', 'unchanged', 'moved'];

function inOrder(verdicts: TableRef): Relation {
  const place = order.reduceRight<Expr>(
    (rest, action, index) =>
      either({ op: 'eq', left: column('action'), right: literal(action, 'text') }, literal(index, 'integer'), rest),
    literal(order.length, 'integer'),
  );
  const sorted: Relation = {
    op: 'sort',
    input: { op: 'filter', input: scan(verdicts), where: isPlanned },
    order: [
      { by: place, direction: 'asc' },
      { by: column('_parent'), direction: 'asc' },
      { by: rowId, direction: 'asc' },
    ],
  };
  const own = verdictColumns.filter(({ name }) => name !== '_parent');
  return { op: 'project', input: sorted, columns: own.map((one) => ({ ...one, expr: column(one.name) })) };
}

function rejected(verdicts: TableRef): Relation {
  const input: Relation = { op: 'filter', input: scan(verdicts), where: { op: 'not', item: isPlanned } };
  const own = verdictColumns.filter(({ name }) => name === '_row').concat(movedColumn, rejectColumns);
  return { op: 'project', input, columns: own.map((one) => ({ ...one, expr: column(one.name) })) };
}
