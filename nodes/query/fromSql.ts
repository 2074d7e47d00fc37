/** Rows of a SELECT: each value becomes what its column was said to hold, or its row is rejected. */
import { UserError } from '../../contract/errors.ts';
import type { LocalQuery, TableRef } from '../../contract/relation.ts';
import type { Cell, Column, Json } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import { ownReason, rejectCells, withRejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';
import type { QueryConfig } from './config.ts';
import { resultColumns } from './config.ts';

type Context = NodeContext<QueryConfig>;

export async function querySql(context: Context): Promise<Record<string, TableRef>> {
  const { config } = context;
  const columns = resultColumns(config);
  const parameters = await parametersOf(context);
  const rows = await context.writer({ columns, name: 'rows' });
  const refused = await context.writer({ columns: withRejectColumns(columns), name: 'refused' });
  await context.queryLocal({ sql: config.sql, parameters, seconds: config.timeLimit }, async (result) => {
    const places = columns.map(({ name }) => placeOf(name, result.columns));
    for await (const batch of result.batches) {
      context.signal.throwIfAborted();
      await take(columns, places, batch, { rows, refused });
      context.progress(rows.count + refused.count, null, 'rows');
    }
  });
  const [success, reject] = [await rows.finish(), await refused.finish()];
  const rejected = reject.count > 0 ? `, ${countText(reject.count)} rejected` : '';
  context.log('info', `${countText(success.count)} rows${rejected}`);
  return { success, reject };
}

/** Plain values: what else a database would make of them is anybody's guess. */
async function parametersOf({ config, evaluate }: Context): Promise<LocalQuery['parameters']> {
  const parameters: LocalQuery['parameters'] = [];
  for (const [index, { name, expression }] of config.parameters.entries()) {
    const { value, isUndefined } = await evaluate(expression);
    const isPlain = value === null || typeof value !== 'object';
    if (isUndefined || !isPlain) {
      const reason = `${expression.slice(0, 60)} gives ${isUndefined ? 'undefined' : 'an object'}, no plain value`;
      throw new UserError('CONFIG_INVALID', { field: `parameters.${index}.expression`, reason });
    }
    parameters.push({ name, value });
  }
  return parameters;
}

/** By its name, and where no column is written so, by one that differs in upper and lower case only. */
function placeOf(name: string, given: readonly string[]): number {
  const exact = given.indexOf(name);
  const place = exact >= 0 ? exact : given.findIndex((one) => one.toLowerCase() === name.toLowerCase());
  if (place < 0) throw new UserError('SQL_COLUMN', { column: name, columns: given.join(', ') });
  return place;
}

async function take(
  columns: readonly Column[],
  places: readonly number[],
  batch: readonly Json[][],
  { rows, refused }: { rows: TableWriter; refused: TableWriter },
): Promise<void> {
  const good: Cell[][] = [];
  const bad: Cell[][] = [];
  for (const row of batch) {
    const cells = columns.map(({ type }, index) => sqlCell(type, row[places[index] ?? 0] ?? null));
    const wrong = cells.findIndex((cell) => !cell.ok);
    const values = cells.map((cell) => (cell.ok ? cell.value : null));
    if (wrong < 0) good.push(values);
    else bad.push(rejectedRow(columns, values, wrong, cells[wrong]));
  }
  if (good.length > 0) await rows.append(good);
  if (bad.length > 0) await refused.append(bad);
}

/** JSON leaves a database as text. */
function sqlCell(type: Column['type'], value: Json): ReturnType<typeof toCell> {
  if (type !== 'json' || typeof value !== 'string') return toCell(type, value);
  try {
    return toCell('json', JSON.parse(value));
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'it is not JSON' };
  }
}

/** The record without the value that does not fit, which the message has. */
function rejectedRow(
  columns: readonly Column[],
  values: readonly Cell[],
  wrong: number,
  cell: ReturnType<typeof toCell> | undefined,
): Cell[] {
  const name = columns[wrong]?.name ?? '';
  const reason = cell && !cell.ok ? cell.reason : '';
  const kept = withRejectColumns(columns).slice(4);
  const own = kept.map((column) => values[columns.findIndex((one) => one.name === column.name)] ?? null);
  return [...rejectCells(ownReason('TYPE_MISMATCH', { column: name, reason }, [name])), ...own];
}
