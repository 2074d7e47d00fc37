import type { LocalWriteResult, Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import { rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { UpdateDataConfig } from './definition.ts';
import type { PlanInput } from './plan.ts';
import { planned, planOf, planRow, writeOf } from './plan.ts';
import { prepare } from './prepared.ts';
import { targetsOf } from './targets.ts';

/** Rows per transaction: short enough for other writers, long enough to be cheap. */
const batchSize = 10_000;

/**
 * Decides first and for good, writes then: what a row is (new, known, rejected) is looked up before the first write, under
 * a name, so that an attempt which goes on after a crash does not take its own inserts for rows that were there already.
 */
export const run: NodeRun<UpdateDataConfig> = async (context) => {
  const input = arrivedRows(context);
  const { config } = context;
  const table = await context.localTable(config.table);
  const targets = targetsOf(config, input.columns, table);
  const prepared = await prepare(context, input, targets);
  if (config.operation === 'insert' || config.operation === 'upsert' || (config.operation === 'update' && table)) {
    const columns = [...targets.key, ...targets.values].map((target) => target.column);
    await context.ensureLocalTable(
      config.table,
      columns,
      targets.key.map((target) => target.column.name),
    );
  }
  const given: PlanInput = { config, targets, input, prepared };
  const plan = await context.table(planOf(given), { name: 'plan' });
  const written = await write(context, given, plan);
  const reject = await context.table(rejectedRows(input, planned(plan, true), planRow));
  const success = reject.count === 0 ? input : await context.table(accepted(input, plan));
  context.log('info', describe(written, reject.count));
  return { ports: { success, reject } };
};

async function write(context: NodeContext, given: PlanInput, plan: TableRef): Promise<LocalWriteResult> {
  const sum: LocalWriteResult = { inserted: 0, updated: 0, deleted: 0, unchanged: 0 };
  for (let from = 0; from < plan.count; from += batchSize) {
    context.signal.throwIfAborted();
    const to = Math.min(from + batchSize, plan.count);
    const result = await context.once(`${from}-${to}`, writeOf(given, plan, from, to));
    for (const kind of ['inserted', 'updated', 'deleted', 'unchanged'] as const) sum[kind] += result[kind];
    context.progress(to, plan.count, 'rows');
  }
  return sum;
}

const accepted = (input: TableRef, plan: TableRef): Relation => ({
  op: 'join',
  kind: 'semi',
  left: scan(input),
  right: planned(plan, false),
  on: [{ left: rowId, right: column(planRow) }],
});

/** "12 inserted, 3 updated, 4,985 unchanged, 2 rejected": what did not happen is left out. */
function describe(written: LocalWriteResult, rejected: number): string {
  const parts = (['inserted', 'updated', 'deleted', 'unchanged'] as const)
    .filter((kind) => written[kind] > 0)
    .map((kind) => `${countText(written[kind])} ${kind}`);
  if (rejected > 0) parts.push(`${countText(rejected)} rejected`);
  return parts.length === 0 ? 'Nothing to write' : parts.join(', ');
}
