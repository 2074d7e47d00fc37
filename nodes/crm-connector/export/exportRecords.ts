/** Writes the rows that arrive into the CRM: plans first, and then does what the plan says, or gives the plan to be looked at. */
import type { Relation, TableRef } from '../../../contract/relation.ts';
import { column, rowId, scan } from '../../../contract/relation.ts';
import { rejectedRows } from '../../kit/rejects.ts';
import { arrivedRows } from '../../kit/rows.ts';
import type { NodeOutcome } from '../../kit/run.ts';
import { addedPlan } from '../ports.ts';
import type { Context } from '../readRecords.ts';
import { openClient, reportRejects } from '../readRecords.ts';
import { makePlan } from './plan.ts';

export async function exportRecords(context: Context): Promise<NodeOutcome> {
  const client = await openClient(context);
  const plan = await makePlan(context, client);
  const input = arrivedRows(context);
  const reject = await context.table(rejectedRows(input, scan(plan.rejects), '_row'), { name: 'reject' });
  await reportRejects(context, reject);
  const rows = await context.table(shown(input, plan.rows), { name: 'shown' });
  return { ports: { plan: rows, reject }, vars: { ...context.vars, recCount: rows.count } };
}

/** Rows that arrived, each the record it is in the run, beside what would become of them. */
function shown(input: TableRef, rows: TableRef): Relation {
  const arrived: Relation = {
    op: 'project',
    input: scan(input),
    columns: input.columns.map((own, index) => ({ ...own, name: `c${index}`, expr: column(own.name) })),
  };
  const added = addedPlan(input.columns);
  const joined: Relation = {
    op: 'join',
    kind: 'inner',
    left: arrived,
    right: scan(rows),
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
