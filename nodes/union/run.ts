import { UserError } from '../../contract/errors.ts';
import { scan } from '../../contract/relation.ts';
import { missingInputs, primaryFirst, warnOfConflicts } from '../kit/joins.ts';
import { countText } from '../kit/rows.ts';
import type { NodeRun } from '../kit/run.ts';
import { chooseKeys, requireOneType, unionRows } from '../kit/sets.ts';
import type { UnionConfig } from './definition.ts';
import { unionColumns } from './definition.ts';

/** An input that is missing, or that brought no rows, adds none. */
export const run: NodeRun<UnionConfig> = async (context) => {
  const { config, node, inputs } = context;
  warnOfConflicts(context);
  for (const { fromName } of missingInputs(context)) context.log('warning', `Nothing came from ${fromName}`);
  const tables = primaryFirst(inputs, config.primary).flatMap(({ table }) => (table ? [table] : []));
  if (tables.length === 0) throw new UserError('INPUT_NO_ROWS', { node: node.label });
  const columns = unionColumns(
    config.columns,
    tables.map((table) => table.columns),
  );
  requireOneType(
    columns.map(({ name }) => name),
    tables,
  );
  const { sameBy } = config;
  const same = sameBy === 'none' ? null : { sameBy, keys: chooseKeys({ ...config, sameBy }, tables) };
  const rows = tables.map((table) => ({ rows: scan(table), columns: table.columns }));
  const success = await context.table(unionRows(rows, columns, same));
  const arrived = tables.reduce((sum, table) => sum + table.count, 0);
  context.log('info', `${countText(success.count)} of ${countText(arrived)} records`);
  return { ports: { success } };
};
