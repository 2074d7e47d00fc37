/**
 * What an export would do, record by record, before anything is sent. Every row that arrives is either planned or rejected:
 * its fields are prepared, the records it may mean are read, and what differs is what would be sent. All tables belong to the
 * task: a later attempt goes on where this one stopped.
 */
import type { CrmClient } from '../../../contract/connector.ts';
import type { Expr, Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import { rejectColumns } from '../../kit/rejects.ts';
import { arrivedRows, countText } from '../../kit/rows.ts';
import type { TableWriter } from '../../kit/run.ts';
import { idField } from '../config.ts';
import type { MappedField } from '../exportConfig.ts';
import type { Context } from '../readRecords.ts';
import type { WrittenObject } from './fields.ts';
import { canCreate, canUpdate, readFields } from './fields.ts';
import { prepare } from './prepare.ts';
import { readRelated, readTargets } from './targets.ts';
import type { Action } from './verdict.ts';
import { verdictColumns, writeVerdicts } from './verdicts.ts';

export interface Plan {
  /**
   * In the order in which they are to be sent: creations, upserts, updates, deletions, and last what is unchanged; within
   * each, rows of one parent lie together. Columns: `_row` (`_id` in the input), `action`, `recordId` (null for creations and
   * upserts), `key` (canonical text; null: none), `stamp` (when the record was last changed, as it was read; null where the
   * object has no such field), `values` (what is sent, by field or lookup path; of an update only what differs, null clears)
   * and `before` (by plain field: what the record holds of the fields that change; null for creations and upserts).
   */
  rows: TableRef;
  /** `_row` and the reject columns, in the order of the input. */
  rejects: TableRef;
  object: string;
  /** By which upserts find their record, and creations that have a key are found again; null: none but the record id. */
  keyField: string | null;
  /** Tells when a record was changed; null: the object has no such field. */
  stampField: string | null;
  fields: readonly MappedField[];
}

/** Throws UserError when the CRM is not what was drawn, and whatever its calls throw. */
export async function makePlan(context: Context, client: CrmClient): Promise<Plan> {
  const input = arrivedRows(context);
  const written = await readFields(context.config, client);
  const writer = await context.writer({ columns: [...verdictColumns], name: 'verdicts', resume: true });
  if (writer.count < input.count) await judge(context, client, written, writer);
  const verdicts = await writer.finish();
  const rows = await context.table(inOrder(verdicts), { name: 'plan' });
  const rejects = await context.table(rejected(verdicts), { name: 'planRejects' });
  const key = written.key?.remote.name ?? idField;
  return {
    rows,
    rejects,
    object: written.details.name,
    keyField: key === idField ? null : key,
    stampField: written.stampField,
    fields: written.fields.map(({ mapped }) => mapped),
  };
}

/** Only while it is not known of each row what becomes of it: whoever comes again, perhaps days later, asks the CRM nothing. */
async function judge(context: Context, client: CrmClient, written: WrittenObject, writer: TableWriter): Promise<void> {
  warnOfHalves(context, written);
  const prepared = await prepare(context, client, arrivedRows(context), written);
  const targets = await readTargets(context, client, written, prepared);
  const related = await readRelated(context, client, written, prepared);
  await writeVerdicts(context, written, { prepared, targets, related }, writer);
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

const isPlanned: Predicate = { op: 'isNull', value: column('errorCode') };

const order: readonly Action[] = ['create', 'upsert', 'update', 'delete', 'unchanged'];

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
  const own = verdictColumns.slice(
    0,
    verdictColumns.findIndex(({ name }) => name === '_parent'),
  );
  return { op: 'project', input: sorted, columns: own.map((one) => ({ ...one, expr: column(one.name) })) };
}

function rejected(verdicts: TableRef): Relation {
  const input: Relation = { op: 'filter', input: scan(verdicts), where: { op: 'not', item: isPlanned } };
  const own = verdictColumns.filter(({ name }) => name === '_row').concat(rejectColumns);
  return { op: 'project', input, columns: own.map((one) => ({ ...one, expr: column(one.name) })) };
}
