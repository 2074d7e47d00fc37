/** What is written counts as sent at once, whatever becomes of the run; what was undone is due again. */
import type { Expr, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { SentRows } from '../../../contract/sent.ts';
import { sentRowColumns } from '../../../contract/sent.ts';
import type { UndoneExport } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import { mayHaveWritten } from './goOnLater.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';

type Planned = Pick<Plan, 'rows' | 'sent'>;

/** From now on what the ledger settles moves the sent states, before it counts as settled: whoever dies in between does both again. */
export async function deliverSettled(context: Context, { rows, sent }: Planned, ledger: Ledger): Promise<void> {
  if (sent.length === 0) return;
  if (!mayHaveWritten(ledger)) await context.delivered(sent, alreadyThere(rows));
  ledger.settling = (results, from, to) => context.delivered(sent, writtenRows(rows, { results, from, to }));
}

const row = { name: 'row', label: '', type: 'integer' } as const;
const recordId = { name: 'recordId', label: '', type: 'text' } as const;
const text = (value: string | null): Expr => literal(value, 'text');

/** Rows that the CRM holds as they are. */
const alreadyThere = (rows: TableRef): Relation => ({
  op: 'project',
  input: {
    op: 'filter',
    input: scan(rows),
    where: { op: 'eq', left: column('action'), right: text('unchanged') },
  },
  columns: [
    { ...row, expr: column('_row') },
    { ...recordId, expr: column('recordId') },
  ],
});

function writtenRows(rows: TableRef, { results, from, to }: { results: TableRef; from: number; to: number }): Relation {
  const list = ['created', 'updated', 'deleted', 'undeleted', 'unchanged'];
  const written: Relation = {
    op: 'filter',
    input: { op: 'scan', table: results, from, to },
    where: { op: 'in', value: column('outcome'), list, type: 'text' },
  };
  const planned: Relation = {
    op: 'join',
    kind: 'inner',
    left: written,
    right: scan(rows),
    on: [{ left: column('_plan', 'left'), right: rowId }],
    columns: [
      { from: '_row', as: row },
      { from: 'recordId', as: { ...recordId, name: 'known' } },
    ],
  };
  const id: Expr = { op: 'call', fn: 'coalesce', args: [column('recordId'), column('known')] };
  return {
    op: 'project',
    input: planned,
    columns: [
      { ...row, expr: column('row') },
      { ...recordId, expr: id },
    ],
  };
}

/**
 * The other way round, for what is undone: a record that was created is not known any more; of one that was changed, or deleted,
 * nobody knows what it holds, so that its row is due whatever it is.
 */
export async function undoneRows(context: Context, { records, sent }: UndoneExport): Promise<SentRows[]> {
  const undone: SentRows[] = [];
  for (const { state, rows } of sent) undone.push({ state, rows: await takeBack(context, records, rows, state) });
  return undone;
}

function takeBack(context: Context, records: TableRef, rows: TableRef, state: string): Promise<TableRef> {
  const beside: Relation = {
    op: 'join',
    kind: 'left',
    left: { op: 'project', input: scan(records), columns: [{ ...named('outcome'), expr: column('outcome') }] },
    right: scan(rows),
    on: [{ left: rowId, right: rowId }],
    columns: sentRowColumns.map((as) => ({ from: as.name, as })),
  };
  const isCreated = { op: 'eq', left: column('outcome'), right: text('created') } as const;
  const columns = [
    { ...named('key'), expr: column('key') },
    { ...named('hash'), expr: either(isCreated, text(null), text('')) },
    { ...named('base'), expr: column('hash') },
  ];
  return context.table({ op: 'project', input: beside, columns }, { name: `taken back ${state}` });
}

const named = (name: string) => ({ name, label: '', type: 'text' }) as const;
