/** Writes the rows that arrive into the CRM: plans first, and then does what the plan says, or gives the plan to be looked at. */
import type { CrmClient } from '../../../contract/connector.ts';
import { UserError } from '../../../contract/errors.ts';
import type { Predicate, Relation, TableRef } from '../../../contract/relation.ts';
import { column, either, literal, rowId, scan } from '../../../contract/relation.ts';
import type { Decision } from '../../../contract/run.ts';
import { never } from '../../../contract/run.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { rejectCells, rejectColumns, rejectedRows } from '../../kit/rejects.ts';
import { arrivedRows, countText } from '../../kit/rows.ts';
import type { NodeOutcome, NodeResult, NodeWait } from '../../kit/run.ts';
import type { AddedColumn } from '../ports.ts';
import { addedPlan, addedResults } from '../ports.ts';
import type { Context } from '../readRecords.ts';
import { openClient, reportRejects } from '../readRecords.ts';
import type { Applied } from './apply.ts';
import { applyPlan } from './apply.ts';
import { askAbout, isAbout, waitMemory } from './approval.ts';
import { goOnLater } from './goOnLater.ts';
import type { Plan } from './plan.ts';
import { makePlan } from './plan.ts';
import type { Outcome } from './results.ts';

export async function exportRecords(context: Context): Promise<NodeResult> {
  try {
    return await planAndWrite(context);
  } catch (error) {
    if (context.config.export.planOnly) throw error;
    return goOnLater(context, error);
  }
}

async function planAndWrite(context: Context): Promise<NodeResult> {
  const client = await openClient(context);
  const plan = await makePlan(context, client);
  if (context.config.export.planOnly) return showPlan(context, plan);
  const question = await askAbout(context, plan);
  if (question === null) return applied(context, client, plan);
  const { decision } = context;
  return decision && isAbout(context, plan) ? decided(context, client, plan, decision) : ask(context, plan, question);
}

async function ask(context: Context, plan: Plan, question: string): Promise<NodeWait> {
  const ports = { plan: await plannedRows(context, plan) };
  return { waitUntil: never, reason: 'Waits for approval', asks: question, memory: plan.rows.id, ports };
}

function decided(context: Context, client: CrmClient, plan: Plan, { approved, by, note }: Decision) {
  if (!approved) throw new UserError('PLAN_REFUSED', { by, note: note === '' ? 'without a note' : note });
  return applied(context, client, plan);
}

const plannedRows = (context: Context, plan: Plan): Promise<TableRef> => {
  const input = arrivedRows(context);
  return context.table(withAdded(input, scan(plan.rows), addedPlan(input.columns)), {
    name: `shown ${plan.rows.id}`,
  });
};

async function showPlan(context: Context, plan: Plan): Promise<NodeOutcome> {
  const input = arrivedRows(context);
  const reject = await context.table(rejectedRows(input, scan(plan.rejects), '_row'), { name: 'reject' });
  await reportRejects(context, reject);
  const rows = await plannedRows(context, plan);
  return { ports: { plan: rows, reject }, vars: { ...context.vars, recCount: rows.count } };
}

async function applied(context: Context, client: CrmClient, plan: Plan): Promise<NodeResult> {
  const result = await applyPlan(context, client, plan);
  if ('waitUntil' in result) return { ...result, memory: waitMemory(context) };
  const input = arrivedRows(context);
  const { outcomes } = result;
  const written = withOutcome(outcomes, ['created', 'updated', 'deleted', 'unchanged']);
  const success = await context.table(withAdded(input, written, addedResults(input.columns)), { name: 'success' });
  const reject = await context.table(rejectedRows(input, allRejects(context, plan, outcomes), '_row'), {
    name: 'reject',
  });
  const doubt = await context.table(rejectedRows(input, withOutcome(outcomes, ['doubt']), '_row'), { name: 'doubt' });
  const unsent = context.config.export.processErrors ? await unsentRows(context, input, outcomes) : null;
  await reportRejects(context, reject);
  sayCounts(context, result);
  return {
    ports: {
      success,
      reject,
      ...(unsent !== null && unsent.count > 0 ? { error: unsent } : {}),
      ...(doubt.count > 0 ? { doubt } : {}),
    },
    vars: { ...context.vars, recCount: success.count },
  };
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
    return { op: 'project', input, columns: [{ ...row, expr: column(row.name) }, ...reasons] };
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
