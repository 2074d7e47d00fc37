/** What JavaScript says about each row, laid beside the rows in a table of its own. */
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { canonicalJson, cleanText, toCell } from '../../contract/types.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import type { NodeContext, RecordBatch } from '../kit/run.ts';
import type { DeduplicationConfig } from './definition.ts';
import { expressionsOf } from './definition.ts';

/** Names of its columns: the `_id` of the row, a value per expression, and why there is none. */
export const computed = {
  row: 'row',
  prefix: 'computed:',
  key: (index: number): string => `computed:key${index}`,
  orderNumber: 'computed:orderNumber',
  orderText: 'computed:orderText',
  failed: 'errorCode',
};

export interface Computed {
  table: TableRef;
  failures: number;
}

/** null when no setting is JavaScript. */
export async function computeSide(
  context: NodeContext<DeduplicationConfig>,
  input: TableRef,
): Promise<Computed | null> {
  const { config, signal } = context;
  const expressions = expressionsOf(config);
  if (expressions.length === 0) return null;
  const writer = await context.writer({ columns: sideColumns(config), name: 'computed' });
  let failures = 0;
  await context.eachRecord({
    program: { kind: 'expressions', expressions },
    input,
    handle: async ({ ids, results }) => {
      signal.throwIfAborted();
      const rows = results.map((result, index) => sideRow(config, ids[index] ?? 0, result));
      failures += results.filter((result) => !result.ok).length;
      await writer.append(rows);
      context.progress(writer.count, input.count, 'rows');
    },
  });
  return { table: await writer.finish(), failures };
}

const expressionKeys = (config: DeduplicationConfig): number[] =>
  config.keys.flatMap((key, index) => (key.kind === 'expression' ? [index] : []));

function sideColumns(config: DeduplicationConfig): Column[] {
  const column = (name: string, type: Column['type']): Column => ({ name, label: name, type });
  const keys = expressionKeys(config).map((index) => column(computed.key(index), 'text'));
  const order =
    config.method === 'expression' ? [column(computed.orderNumber, 'number'), column(computed.orderText, 'text')] : [];
  return [column(computed.row, 'integer'), ...keys, ...order, ...rejectColumns];
}

function sideRow(config: DeduplicationConfig, id: number, result: RecordBatch['results'][number]): Cell[] {
  const keys = expressionKeys(config).length;
  const ordered = config.method === 'expression';
  if (!result.ok || !('values' in result)) {
    const { message, where } = result.ok ? { message: 'no value', where: '' } : result;
    const empty = Array.from({ length: keys + (ordered ? 2 : 0) }, () => null);
    return [id, ...empty, ...rejectCells(ownReason('RECORD_FAILED', { where, reason: message }))];
  }
  const texts = result.values.slice(0, keys).map(toText);
  const order = ordered ? orderCells(result.values[keys] ?? null) : [];
  return [id, ...texts, ...order, ...noReason];
}

function toText(value: Cell): Cell {
  const cell = toCell('text', value);
  return cell.ok ? cell.value : null;
}

/** Numbers are ordered among themselves, before all text. */
function orderCells(value: Cell): Cell[] {
  if (typeof value === 'number') return [value, null];
  if (typeof value === 'boolean') return [Number(value), null];
  if (value === null) return [null, null];
  return [null, typeof value === 'string' ? cleanText(value).text : canonicalJson(value)];
}
