import type { Relation, TableRef } from '../../contract/relation.ts';
import { column, rowId, scan } from '../../contract/relation.ts';
import { missingInputs, requirePrimary, rowsOf, warnOfConflicts } from '../kit/joins.ts';
import { countText } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import { chooseKeys, partnered } from '../kit/sets.ts';
import type { ExclusionConfig } from './definition.ts';

/** An input along which nothing came takes nothing away; without the primary set there is nothing to take away from. */
export const run: NodeRun<ExclusionConfig> = async (context) => {
  const { config, node, inputs } = context;
  warnOfConflicts(context);
  const primary = requirePrimary(context, config.primary);
  const first = rowsOf(primary, node);
  const others = inputs.filter((input) => input !== primary).map((input) => rowsOf(input, node));
  for (const { fromName } of missingInputs(context))
    context.log('warning', `Nothing came from ${fromName}: it takes nothing away`);
  const keys = chooseKeys(config, [first, ...others]);
  const scope = { keys, columns: first.columns, sameBy: config.sameBy };
  const kept = others.reduce<Relation>((rows, other) => partnered('anti', rows, other, scope), scan(first));
  const marks = await context.table({ op: 'project', input: kept, columns: [{ ...markRow, expr: rowId }] });
  const success = await context.table(marked('semi', first, marks));
  context.log('info', `${countText(success.count)} of ${countText(first.count)} records are only in the primary set`);
  const ports: Record<string, TableRef> = { success };
  if (config.complement) ports.complement = await context.table(marked('anti', first, marks));
  return { ports };
};

const markRow = { name: 'row', label: '', type: 'integer' } as const;

const marked = (kind: 'semi' | 'anti', input: TableRef, marks: TableRef): Relation => ({
  op: 'join',
  kind,
  left: scan(input),
  right: scan(marks),
  on: [{ left: rowId, right: column(markRow.name) }],
});
