/**
 * The plan that takes an export back, in the form of every plan and carried out like every plan: what was created is deleted,
 * what was changed gets its old values, what was deleted is brought back. A record that is not as the export left it stays as it is.
 */
import type { CrmClient, RemoteField, RemoteObjectDetails } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import { exportRecordColumns } from '../../../contract/exports.ts';
import type { TableRef } from '../../../contract/relation.ts';
import { column, scan } from '../../../contract/relation.ts';
import { countText } from '../../kit/rows.ts';
import type { TableWriter, UndoneExport } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import { childFinder } from './children.ts';
import { undoneRows } from './deliver.ts';
import type { WrittenField } from './fields.ts';
import type { Plan } from './plan.ts';
import { sortVerdicts } from './plan.ts';
import { judgeUndone } from './undoVerdicts.ts';
import { namesOf, verdictColumns } from './verdicts.ts';

/** Throws UserError FIELD_UNKNOWN where a field that was written is there no more, and whatever the client's calls throw. */
export async function makeUndo(context: Context, client: CrmClient, undone: UndoneExport): Promise<Plan> {
  const { records: input, object } = undone;
  const details = await client.describe(object);
  const names = await changedNames(context, input);
  const fields = names.map((name) => writtenField(details, name));
  const { idField } = details;
  const stampField = details.stampField ?? null;
  const findChildren = childFinder(client, details, (message) => context.log('warning', message));
  const target = {
    object: details.name,
    idField,
    keyField: null,
    newer: null,
    moved: details.moved,
    follows: false,
    stampField,
    fields,
    assignmentRule: '',
    findChildren,
  };
  const writer = await context.writer({ columns: [...verdictColumns], name: 'verdicts', resume: true });
  if (writer.count < input.count) await judge(context, { client, details, stampField, findChildren }, input, writer);
  return {
    ...(await sortVerdicts(context, writer)),
    input,
    sent: await undoneRows(context, undone),
    target,
    details,
    operation: 'undo',
    fields: fields.map(({ remote: { name, label, type } }) => ({ name, label, type })),
  };
}

type Scope = Parameters<typeof judgeUndone>[0];

async function judge(context: Context, scope: Scope, input: TableRef, writer: TableWriter): Promise<void> {
  // One that was kept by an earlier version may lack some.
  const kept = new Set(input.columns.map(({ name }) => name));
  const columns = exportRecordColumns.map(({ name }) => name).filter((name) => kept.has(name));
  const after = Number(writer.position ?? 0);
  for await (const batch of context.read(input, { columns, after })) {
    context.signal.throwIfAborted();
    await writer.append(await judgeUndone(scope, batch), { position: batch.ids.at(-1) ?? after });
    context.progress(writer.count, input.count, 'records compared');
  }
  context.log('info', `It is planned how ${countText(writer.count)} records are undone.`);
}

/** Records of one export change few different sets of fields. */
async function changedNames(context: Context, records: TableRef): Promise<string[]> {
  const changed = { name: 'changed', label: '', type: 'text', expr: column('changed') } as const;
  const sets = await context.table(
    { op: 'group', input: scan(records), by: [changed], aggregates: [] },
    { name: 'changed fields' },
  );
  const names = new Set<string>();
  for await (const { rows } of context.read(sets, { columns: ['changed'] }))
    for (const [set = null] of rows) for (const name of namesOf(set)) names.add(name);
  return [...names];
}

function writtenField(details: RemoteObjectDetails, name: string): WrittenField {
  const remote = details.fields.find((field) => field.name === name);
  if (!remote) throw new UserError('FIELD_UNKNOWN', { field: name, object: details.name });
  const { createable: creates, updateable: updates } = remote;
  return { mapped: asItIs(remote), remote, sentAs: name, creates, updates };
}

const asItIs = ({ name, label, type }: RemoteField): WrittenField['mapped'] => ({
  field: name,
  label,
  type,
  source: { kind: 'column', column: name },
  conversion: 'default',
  empty: 'clear',
  onlyIf: '',
});
