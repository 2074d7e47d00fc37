import { UserError } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import { scan } from '../../contract/relation.ts';
import { missingInputs, requirePrimary, rowsOf, warnOfConflicts } from '../kit/joins.ts';
import { demandTableColumn } from '../kit/localTables.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeRun } from '../kit/run.ts';
import type { ReconciliationConfig } from './definition.ts';
import { otherOf, takenName } from './definition.ts';
import type { Reconciled } from './match.ts';
import { ambiguousRows, marksOf, matchedRows, unmatchedRows } from './match.ts';

type Context = NodeContext<ReconciliationConfig>;

/** Every record of the population leaves by exactly one of the three outputs. */
export const run: NodeRun<ReconciliationConfig> = async (context) => {
  const { config, node } = context;
  warnOfConflicts(context);
  const primary = requirePrimary(context, config.primary);
  const population = rowsOf(primary, node);
  demandFreeNames(config, population);
  const second = context.inputs.find((input) => input !== primary);
  const other =
    config.against === 'table' ? await tableSide(context) : inputSide(context, second && rowsOf(second, node));
  const given: Reconciled = { config, population, other: other ?? nothingToFind(config, population) };
  const marks = await context.table(marksOf(given));
  const matched = await context.table(matchedRows(given, marks));
  const unmatched = await context.table(unmatchedRows(given, marks));
  const ambiguous = await context.table(ambiguousRows(given, marks));
  const counts = [matched, unmatched, ambiguous].map(({ count }) => countText(count));
  context.log('info', `${counts[0]} matched, ${counts[1]} unmatched, ${counts[2]} ambiguous`);
  return { ports: { matched, unmatched, ambiguous } };
};

function demandFreeNames({ take }: ReconciliationConfig, population: TableRef): void {
  const twice = take.map(takenName).find((name) => population.columns.some((column) => column.name === name));
  if (twice === undefined) return;
  const reason = `the population has a column "${twice}" already`;
  throw new UserError('CONFIG_INVALID', { field: 'take', reason });
}

/** null: there is no such table yet. Throws TABLE_COLUMN_UNKNOWN or TYPE_MISMATCH for a column that is not what it was when it was chosen. */
async function tableSide({ config, localTable, log }: Context): Promise<Reconciled['other'] | null> {
  const table = await localTable(config.table);
  if (!table) {
    log('warning', `There is no table ${config.table} yet: nothing is found in it`);
    return null;
  }
  const { columns } = table;
  for (const key of config.keys) demandTableColumn({ name: config.table, columns }, otherOf(key));
  for (const { column, type } of config.take) demandTableColumn({ name: config.table, columns }, column, type);
  return { rows: { op: 'local', table: config.table, columns }, columns };
}

function inputSide(context: Context, second: TableRef | undefined): Reconciled['other'] | null {
  if (second) return { rows: scan(second), columns: second.columns };
  const [missing] = missingInputs(context);
  if (!missing)
    throw new UserError('CONFIG_INVALID', { field: 'against', reason: 'there is no second inbound transition' });
  context.log('warning', `Nothing came from ${missing.fromName}: nothing is found in it`);
  return null;
}

/** A table that does not exist yet has no rows; its columns are taken to be what the settings expect. */
function nothingToFind({ keys, take }: ReconciliationConfig, population: TableRef): Reconciled['other'] {
  const expected = keys.map(({ column, other }) => {
    const type = population.columns.find(({ name }) => name === column)?.type ?? 'text';
    return { name: other || column, label: '', type };
  });
  const taken = take.map(({ column, label, type }) => ({ name: column, label: label || column, type }));
  const columns = [...taken, ...expected].filter(
    (one, index, all) => all.findIndex(({ name }) => name === one.name) === index,
  );
  return { rows: { op: 'local', table: '', columns }, columns };
}
