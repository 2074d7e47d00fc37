import type { Relation, TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import { missingInputs, primaryFirst, requirePrimary, rowsOf, warnOfConflicts } from '../kit/joins.ts';
import { countText } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import { chooseKeys, partnered, requireOneType, unionRows } from '../kit/sets.ts';
import type { IntersectionConfig } from './definition.ts';

/** An input along which nothing came has no records, so nothing is in all of them. */
export const run: NodeRun<IntersectionConfig> = async (context) => {
  const { config, node, inputs } = context;
  warnOfConflicts(context);
  const first = rowsOf(requirePrimary(context, config.primary), node);
  const tables = primaryFirst(inputs, config.primary).map((input) => rowsOf(input, node));
  const missing = missingInputs(context);
  for (const { fromName } of missing) context.log('warning', `Nothing came from ${fromName}: nothing is in all inputs`);
  const keys = chooseKeys(config, tables);
  const { sameBy } = config;
  const inAll = tables
    .slice(1)
    .reduce<Relation>(
      (rows, table) => partnered('semi', rows, table, { keys, columns: first.columns, sameBy }),
      scan(first),
    );
  const success = await context.table(missing.length === 0 ? inAll : { op: 'limit', input: scan(first), count: 0 });
  context.log('info', `${countText(success.count)} of ${countText(first.count)} records are in all inputs`);
  const ports: Record<string, TableRef> = { success };
  if (!config.complement) return { ports };
  requireOneType(
    first.columns.map(({ name }) => name),
    tables,
  );
  const others = (table: TableRef) => ({
    rows: partnered('anti', scan(table), success, { keys, columns: table.columns, sameBy }),
    columns: table.columns,
  });
  ports.complement = await context.table(unionRows(tables.map(others), first.columns, { keys, sameBy }));
  return { ports };
};
