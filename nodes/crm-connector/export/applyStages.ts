/**
 * The order in which a plan is sent. A round goes through all kinds of rows, each kind in a table of its own; what has to be
 * sent again is due in the next round, in smaller calls. A stage is one kind in one round.
 */
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../../contract/relation.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { NodeContext } from '../../kit/run.ts';
import type { Ledger } from './ledger.ts';
import { dueAgain } from './results.ts';

/** `create` has a key by which the CRM can be asked whether it is there, `add` has none. */
export const kinds = ['create', 'add', 'update', 'upsert', 'delete', 'undelete'] as const;
export type Kind = (typeof kinds)[number];

/** Rounds in which a request is smaller each time, and two more for what was lost again. */
export const rounds = 5;
/** From this round on a record that the CRM could not write for the moment is rejected. */
export const lastTry = 3;
export const stageCount = rounds * kinds.length;

export interface Stage {
  /** From 1. */
  round: number;
  kind: Kind;
  rows: TableRef;
}

/** A row that is to be sent. */
export interface StageRow {
  /** `_id` in the stage's table, and in the plan. */
  at: number;
  row: number;
  id: string | null;
  stamp: string | null;
  values: Record<string, Cell>;
  before: Record<string, Cell> | null;
  /** The values as the record holds them once they are written. */
  told: Record<string, Cell>;
}

const planRow: Column = { name: 'row', label: 'row', type: 'integer' };
const columns = ['recordId', 'stamp', 'values', 'before', 'told'] as const;

const is = (name: string, value: string): Predicate => ({
  op: 'eq',
  left: column(name),
  right: literal(value, 'text'),
});

/** The rows of a plan that are sent in one way. */
export function ofKind(plan: TableRef, kind: Kind): Relation {
  const key = column('key');
  const wanted: Record<Kind, Predicate> = {
    create: { op: 'and', items: [is('action', 'create'), { op: 'isNotNull', value: key }] },
    add: { op: 'and', items: [is('action', 'create'), { op: 'isNull', value: key }] },
    update: is('action', 'update'),
    upsert: is('action', 'upsert'),
    delete: is('action', 'delete'),
    undelete: is('action', 'undelete'),
  };
  return { op: 'filter', input: scan(plan), where: wanted[kind] };
}

const roundOf = (stage: number): number => Math.floor(stage / kinds.length) + 1;

/** The tables are the task's: each attempt finds the same rows at the same places. */
export async function openStage(
  context: Pick<NodeContext, 'table'>,
  ledger: Ledger,
  plan: TableRef,
  stage: number,
): Promise<Stage> {
  const kind = kinds[stage % kinds.length] ?? 'create';
  const round = roundOf(stage);
  const all = ofKind(plan, kind);
  const due = round === 1 ? null : await openDue(context, ledger, round);
  const own: Relation = due
    ? { op: 'join', kind: 'semi', left: all, right: scan(due), on: [{ left: rowId, right: column('_plan') }] }
    : all;
  const rows: Relation = {
    op: 'project',
    input: own,
    columns: [
      { ...planRow, expr: rowId },
      ...plan.columns
        .filter(({ name }) => columns.some((one) => one === name))
        .map((one) => ({ ...one, expr: column(one.name) })),
    ],
  };
  return { round, kind, rows: await context.table(rows, { name: `stage ${stage}` }) };
}

/** Rows to be sent again in this round; asked for when the round before is over. */
export async function openDue(context: Pick<NodeContext, 'table'>, ledger: Ledger, round: number): Promise<TableRef> {
  return context.table(dueAgain(await ledger.results()), { name: `again ${round}` });
}

/** The rows behind `from`, up to `to`, batch by batch. */
export async function* stageRows(
  context: Pick<NodeContext, 'read'>,
  { rows }: Stage,
  from: number,
  to = rows.count,
): AsyncGenerator<StageRow[]> {
  if (from >= to) return;
  for await (const batch of context.read(rows, { columns: [planRow.name, ...columns], after: from })) {
    const read = batch.rows.map((cells, index) => toRow(batch.ids[index] ?? 0, cells));
    const wanted = read.filter(({ at }) => at <= to);
    if (wanted.length > 0) yield wanted;
    if (wanted.length < read.length || (read.at(-1)?.at ?? 0) >= to) return;
  }
}

function toRow(at: number, cells: Cell[]): StageRow {
  const [row = null, id = null, stamp = null, values = null, before = null, told = null] = cells;
  return {
    at,
    row: Number(row),
    id: id as string | null,
    stamp: stamp as string | null,
    values: (values ?? {}) as Record<string, Cell>,
    before: before as Record<string, Cell> | null,
    told: (told ?? values ?? {}) as Record<string, Cell>,
  };
}
