import type { Order, Relation, TableRef } from '../../contract/relation.ts';
import { column, literal, rowId, scan } from '../../contract/relation.ts';
import { complementPort, rejectPort } from '../kit/ports.ts';
import { rejectedRows } from '../kit/rejects.ts';
import { arrivedRows, countText, demandColumns } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import { candidate, candidatesOf } from './candidates.ts';
import type { SplitConfig, Subset } from './definition.ts';
import { ranks } from './definition.ts';
import { computeSide, side } from './side.ts';

/** Subset after subset chooses among the candidates that are left; the outputs are selections of the input. */
export const run: NodeRun<SplitConfig> = async (context) => {
  const { subsets, overlap, complement } = context.config;
  const input = arrivedRows(context);
  demandColumns(input, namedColumns(subsets));
  const beside = await computeSide(context, input);
  const all = await context.table(await candidatesOf(context, input, beside));
  const ports: Record<string, TableRef> = {};
  let left = all;
  for (const [index, subset] of subsets.entries()) {
    const chosen = await context.table(await chosenRows(context, overlap ? all : left, subset, index));
    ports[subset.name] = await context.table(selected(input, chosen));
    context.log('info', `${subset.name}: ${countText(chosen.count)} of ${countText(input.count)}`);
    left = await context.table(without(left, chosen));
  }
  if (complement) ports[complementPort.name] = await context.table(selected(input, left));
  if (beside && subsets.some((subset) => subset.kind === 'expression'))
    ports[rejectPort.name] = await context.table(rejectedRows(input, failedRows(beside), side.row));
  return { ports };
};

function namedColumns(subsets: readonly Subset[]): string[] {
  const compared = subsets.flatMap((subset) => (subset.kind === 'column' ? [subset.column] : []));
  return [...compared, ...subsets.flatMap((subset) => (ranks(subset) ? [subset.by] : []))];
}

async function chosenRows(
  context: NodeContext<SplitConfig>,
  candidates: TableRef,
  subset: Subset,
  index: number,
): Promise<Relation> {
  const flag = column(candidate.flag(index));
  const where = { op: 'eq', left: flag, right: literal(true, 'boolean') } as const;
  const matching: Relation = { op: 'filter', input: scan(candidates), where };
  const row = { name: candidate.row, label: '', type: 'integer', expr: column(candidate.row) } as const;
  return { op: 'project', input: await limited(context, matching, subset, index), columns: [row] };
}

async function limited(
  context: NodeContext<SplitConfig>,
  matching: Relation,
  subset: Subset,
  index: number,
): Promise<Relation> {
  if (subset.limit === 'none') return matching;
  const count =
    subset.limit === 'count' ? subset.size : Math.round(((await context.count(matching)) * subset.size) / 100);
  return { op: 'limit', input: { op: 'sort', input: matching, order: orderOf(subset, index) }, count };
}

function orderOf(subset: Subset, index: number): Order[] {
  if (subset.pick === 'random') return [{ by: column(candidate.sample), direction: 'asc' }];
  if (subset.pick === 'first') return [];
  const direction = subset.pick === 'highest' ? 'desc' : 'asc';
  return [{ by: column(candidate.rank(index)), direction, nulls: 'last' }];
}

const selected = (input: TableRef, chosen: TableRef): Relation => ({
  op: 'join',
  kind: 'semi',
  left: scan(input),
  right: scan(chosen),
  on: [{ left: rowId, right: column(candidate.row) }],
});

const without = (candidates: TableRef, chosen: TableRef): Relation => ({
  op: 'join',
  kind: 'anti',
  left: scan(candidates),
  right: scan(chosen),
  on: [{ left: column(candidate.row), right: column(candidate.row) }],
});

const failedRows = (beside: TableRef): Relation => ({
  op: 'filter',
  input: scan(beside),
  where: { op: 'isNotNull', value: column(side.failed) },
});
