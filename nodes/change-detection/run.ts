import type { Relation, TableRef } from '../../contract/relation.ts';
import { literal, rowId, scan } from '../../contract/relation.ts';
import type { SentState } from '../../contract/sent.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import { rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import type { Change, Context, Gone } from './compare.ts';
import { compareRows, findGone, isOneOf, refusedRows, rowsWith } from './compare.ts';
import type { ChangeDetectionConfig } from './definition.ts';

/** There is one target: whatever is behind. */
const target = '';

export const run: NodeRun<ChangeDetectionConfig> = async (context) => {
  const input = arrivedRows(context);
  const state = context.sentState(target);
  const compared = await compareRows(context, input, state);
  const gone = context.config.gone ? await findGone(context, input, compared, state) : null;
  await (context.config.sent === 'leaving'
    ? countAsSent(context, state, compared, gone)
    : waitForDelivery(context, state, input, compared, gone));
  const ports: Record<string, TableRef> = {};
  for (const [port, held] of Object.entries(outputs[context.config.outputs]))
    ports[port] = await context.table(rowsWith(input, compared, held), { name: port });
  if (gone) ports.gone = gone.rows;
  ports.reject = await context.table(rejectedRows(input, refusedRows(context, compared), 'row'), { name: 'reject' });
  const counts = Object.entries(ports).map(([port, { count }]) => `${countText(count)} ${words[port] ?? port}`);
  context.log('info', `${counts.join(', ')}.`);
  return { ports };
};

const words: Record<string, string> = { due: 'new or changed', reject: 'rejected' };
const isDue: readonly Change[] = ['new', 'changed'];
/** By port: which rows leave there. */
const outputs: Record<ChangeDetectionConfig['outputs'], Record<string, readonly Change[]>> = {
  together: { due: isDue, unchanged: ['unchanged'] },
  apart: { new: ['new'], changed: ['changed'], unchanged: ['unchanged'] },
};
const due = isOneOf(isDue);
const row = { name: 'row', label: '', type: 'integer', expr: rowId } as const;
const noRecord = { name: 'recordId', label: '', type: 'text', expr: literal(null, 'text') } as const;

/** It is said again by a later attempt, which finds the tables of this one. */
async function countAsSent(
  context: Context,
  { name }: SentState,
  compared: TableRef,
  gone: Gone | null,
): Promise<void> {
  const rowsOf = (input: Relation): Relation => ({ op: 'project', input, columns: [row, noRecord] });
  const left = rowsOf({ op: 'filter', input: scan(compared), where: due });
  await context.delivered([{ state: name, rows: compared }], left);
  if (gone) await context.delivered([{ state: name, rows: gone.sent }], rowsOf(scan(gone.sent)));
}

/** The rows as the records they are in the run, with what they are in the sent state. */
async function waitForDelivery(
  context: Context,
  state: SentState,
  input: TableRef,
  compared: TableRef,
  gone: Gone | null,
): Promise<void> {
  const beside = (rows: TableRef, sent: Relation): Relation => ({
    op: 'join',
    kind: 'inner',
    left: { op: 'project', input: scan(rows), columns: [] },
    right: sent,
    on: [{ left: rowId, right: rowId }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  });
  const changed = beside(input, { op: 'filter', input: scan(compared), where: due });
  const all = [changed, ...(gone ? [beside(gone.rows, scan(gone.sent))] : [])];
  const by = context.config.deliveredBy || null;
  const rows: Relation = { op: 'set', kind: 'unionAll', inputs: all, by: ['key'] };
  await context.awaitDelivery(state, rows, by);
}
