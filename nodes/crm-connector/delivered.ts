/**
 * What the look-back has delivered before. An incremental import reads some minutes before its cursor again, for records
 * that were committed late; a record with the same id, stamp and content that an earlier run delivered is left out. The
 * stamp alone does not tell: stamps are seconds, and a record can be changed twice in one, the second time committed late.
 *
 * Each import notes the records of the last look-back before its end, under its own run. The notes of a run count only
 * while the option still has the value that this very run gave it: a run that failed, an option moved by a person or by
 * another run suppress nothing. So no note has to be written in the same transaction as the option.
 */
import type { Expr, LocalWrite, Predicate, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, scan } from '../../contract/relation.ts';
import { formatCursor } from '../../contract/run.ts';
import type { Column } from '../../contract/types.ts';
import type { NodeContext } from '../kit/run.ts';
import type { CrmConfig } from './config.ts';
import { idField } from './config.ts';
import { hashColumn } from './hash.ts';
import type { ImportWindow } from './window.ts';

/** Tables of local data whose name begins with "_" are Syncline's own and are not listed. */
const table = '_delivered';
const text = (name: string): Column => ({ name, label: name, type: 'text' });
const columns: Column[] = [text('option'), text('cursor'), text('run'), text('id'), text('stamp'), text('hash')];
const key = ['option', 'cursor', 'run', 'id', 'stamp'];
const rowsPerStep = 10_000;

const is = (name: string, value: string): Predicate => ({
  op: 'eq',
  left: column(name),
  right: literal(value, 'text'),
});
/** The column of `read` that holds the stamp as it was read, whatever the user's conversion of that field. */
export const stampColumn: Column = { name: '_stamp', label: '_stamp', type: 'datetime' };
const stampText = (side?: 'left' | 'right'): Expr => ({
  op: 'call',
  fn: 'text',
  args: [column(stampColumn.name, side)],
});

/** The rows of `read` that no earlier run has delivered; null when nothing can have been. */
export async function undelivered(
  context: NodeContext<CrmConfig>,
  window: ImportWindow,
  read: TableRef,
): Promise<Relation | null> {
  if (window.optionValue === null || (await context.localTable(table)) === null) return null;
  const run = await context.optionSetBy(window.optionName);
  if (run === null) return null;
  const noted: Relation = {
    op: 'filter',
    input: { op: 'local', table, columns },
    where: { op: 'and', items: [is('option', window.optionName), is('cursor', window.optionValue), is('run', run)] },
  };
  return {
    op: 'join',
    kind: 'anti',
    left: scan(read),
    right: noted,
    on: [
      { left: column(idField, 'left'), right: column('id', 'right') },
      { left: stampText('left'), right: column('stamp', 'right') },
      { left: column(hashColumn.name, 'left'), right: column('hash', 'right') },
    ],
  };
}

/** From there on the next look-back reads again. ISO. */
export function lookBackHorizon({ config }: NodeContext<CrmConfig>, { end }: ImportWindow): string {
  return new Date(Date.parse(end) - config.index.lookBack * 60_000).toISOString();
}

/** Notes what the next look-back will read again, and forgets what no run can ask for any more. */
export async function noteDelivered(
  context: NodeContext<CrmConfig>,
  window: ImportWindow,
  read: TableRef,
): Promise<void> {
  await context.ensureLocalTable(table, columns, key);
  const cursor = formatCursor(new Date(window.end));
  const recent: Relation = {
    op: 'filter',
    input: scan(read),
    where: { op: 'ge', left: stampText(), right: literal(lookBackHorizon(context, window), 'text') },
  };
  const notes = await context.table(
    {
      op: 'project',
      input: recent,
      columns: [
        { ...text('option'), expr: literal(window.optionName, 'text') },
        { ...text('cursor'), expr: literal(cursor, 'text') },
        { ...text('run'), expr: literal(context.run.id, 'text') },
        { ...text('id'), expr: column(idField) },
        { ...text('stamp'), expr: stampText() },
        { ...text('hash'), expr: column(hashColumn.name) },
      ],
    },
    { name: 'delivered' },
  );
  for (let from = 0; from < notes.count; from += rowsPerStep) {
    await context.once(
      `delivered:${from}`,
      write('upsert', { op: 'scan', table: notes, from, to: from + rowsPerStep }),
    );
  }
  await forget(context, window);
}

async function forget(context: NodeContext<CrmConfig>, window: ImportWindow): Promise<void> {
  if (window.optionValue === null) return;
  const older: Predicate = { op: 'lt', left: column('cursor'), right: literal(window.optionValue, 'text') };
  const source: Relation = {
    op: 'filter',
    input: { op: 'local', table, columns },
    where: { op: 'and', items: [is('option', window.optionName), older] },
  };
  await context.once('forget', write('delete', source));
}

function write(operation: LocalWrite['operation'], source: Relation): LocalWrite {
  return { table, operation, source, key, values: operation === 'delete' ? [] : [{ name: 'hash' }] };
}
