/** What leaves an export: the rows that came, each behind the output that says what became of it. */
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { rejectCells, rejectColumns, rejectedRows } from '../../kit/rejects.ts';
import { countText } from '../../kit/rows.ts';
import type { NodeOutcome } from '../../kit/run.ts';
import type { AddedColumn } from '../ports.ts';
import { addedMoved, addedPlan, addedResults, moreRejectColumns } from '../ports.ts';
import type { Context } from '../readRecords.ts';
import { reportRejects } from '../readRecords.ts';
import type { Applied } from './apply.ts';
import { movedColumn } from './moved.ts';
import type { Plan } from './plan.ts';
import type { Outcome } from './results.ts';

/** Rows with what would become of them. */
export const plannedRows = (context: Context, plan: Plan): Promise<TableRef> => {
  const { input } = plan;
  return context.table(withAdded(input, scan(plan.rows), addedPlan(context.config, input.columns)), {
    name: `shown ${plan.rows.id}`,
  });
};

/** The outputs of a plan that is not carried out. */
export async function showPlan(context: Context, plan: Plan): Promise<NodeOutcome> {
  const reject = await rejectRows(context, plan.input, scan(plan.rejects));
  await reportRejects(context, reject);
  const rows = await plannedRows(context, plan);
  const isMoved: Predicate = { op: 'eq', left: column('action'), right: literal('moved', 'text') };
  const moved = await movedRows(context, plan.input, { op: 'filter', input: scan(plan.rows), where: isMoved });
  return { ports: { plan: rows, reject, ...moved }, vars: { ...context.vars, recCount: rows.count } };
}

/** The outputs of an export that is over. */
export async function leave(context: Context, plan: Plan, result: Applied): Promise<NodeOutcome> {
  const { input } = plan;
  const { outcomes } = result;
  const written = withOutcome(outcomes, ['created', 'updated', 'deleted', 'undeleted', 'unchanged']);
  const results = addedResults(context.config, input.columns);
  const success = await context.table(withAdded(input, written, results), { name: 'success' });
  const reject = await rejectRows(context, input, allRejects(context, plan, outcomes));
  const moved = await movedRows(context, input, withOutcome(outcomes, ['moved']));
  const doubt = await context.table(rejectedRows(input, withOutcome(outcomes, ['doubt']), '_row'), { name: 'doubt' });
  const unsent = context.config.export.processErrors ? await unsentRows(context, input, outcomes) : null;
  await reportRejects(context, reject);
  sayCounts(context, result);
  return {
    ports: {
      success,
      reject,
      ...moved,
      ...(unsent !== null && unsent.count > 0 ? { error: unsent } : {}),
      ...(doubt.count > 0 ? { doubt } : {}),
    },
    vars: { ...context.vars, recCount: success.count },
  };
}

const rejectRows = (context: Context, input: TableRef, failures: Relation): Promise<TableRef> =>
  context.table(rejectedRows(input, failures, '_row', moreRejectColumns(context.config)), { name: 'reject' });

/** Where there are none, nobody is asked to write them. */
async function movedRows(context: Context, input: TableRef, rows: Relation): Promise<Record<string, TableRef>> {
  if (!context.config.export.moved.follow) return {};
  const added = addedMoved(context.config, input.columns);
  const moved = await context.table(withAdded(input, rows, added), { name: 'moved' });
  return moved.count > 0 ? { moved } : {};
}

/** Rows that arrived, each the record it is in the run, beside what became of them; only those that `rows` tells of. */
function withAdded(input: TableRef, rows: Relation, added: readonly AddedColumn[]): Relation {
  const arrived: Relation = {
    op: 'project',
    input: scan(input),
    columns: input.columns.map((own, index) => ({ ...own, name: `c${index}`, expr: column(own.name) })),
  };
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: arrived,
    right: rows,
    on: [{ left: rowId, right: column('_row') }],
    columns: added.map(({ from, as }, index) => ({ from, as: { ...as, name: `p${index}` } })),
  };
  return {
    op: 'project',
    input: joined,
    columns: [
      ...input.columns.map((own, index) => ({ ...own, expr: column(`c${index}`) })),
      ...added.map(({ as }, index) => ({ ...as, expr: column(`p${index}`) })),
    ],
  };
}

const withOutcome = (outcomes: TableRef, list: Outcome[]): Relation => ({
  op: 'filter',
  input: scan(outcomes),
  where: isOneOf(list),
});

const isOneOf = (list: Outcome[]): Predicate => ({ op: 'in', value: column('outcome'), list, type: 'text' });

const notSent: RejectReason = {
  code: 'REMOTE_BUSY',
  symbol: 'REMOTE_BUSY',
  message: 'The record was not written: the outside system was busy each time it was tried.',
  fields: [],
};

/** What the plan refused and what the CRM refused; what could not be sent too, where it has no exit of its own. */
function allRejects({ config }: Context, plan: Plan, outcomes: TableRef): Relation {
  const refused = withOutcome(outcomes, config.export.processErrors ? ['rejected'] : ['rejected', 'unsent']);
  const row = { name: '_row', label: '', type: 'integer' } as const;
  const cells = rejectCells(notSent);
  const inputs = [scan(plan.rejects), refused].map((input): Relation => {
    const reasons = rejectColumns.map((own, index) => ({
      ...own,
      expr: either(noCode, literal(cells[index] ?? null, 'text'), column(own.name)),
    }));
    const own = [row, movedColumn].map((one) => ({ ...one, expr: column(one.name) }));
    return { op: 'project', input, columns: [...own, ...reasons] };
  });
  return { op: 'set', kind: 'unionAll', by: [row.name], inputs };
}

const noCode: Predicate = { op: 'isNull', value: column('errorCode') };

/** As they came: what is behind Error sends them here again. */
function unsentRows(context: Context, input: TableRef, outcomes: TableRef): Promise<TableRef> {
  return context.table(withAdded(input, withOutcome(outcomes, ['unsent']), []), { name: 'error' });
}

function sayCounts(context: Context, { counts }: Applied): void {
  const words = Object.entries(counts).flatMap(([outcome, count]) =>
    count === 0 ? [] : [`${countText(count)} ${outcome === 'doubt' ? 'in doubt' : outcome}`],
  );
  context.log('info', `${words.join(', ') || 'Nothing was sent'}.`);
}
