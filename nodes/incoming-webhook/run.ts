import { UserError } from '../../contract/errors.ts';
import { readPayload } from '../../contract/hook.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { toCell } from '../../contract/types.ts';
import { declaredColumns } from '../kit/declared.ts';
import { ownReason, rejectCells, withRejectColumns } from '../kit/rejects.ts';
import { countText } from '../kit/rows.ts';
import type { NodeContext, NodeOutcome, NodeRun, TableWriter } from '../kit/run.ts';
import type { WebhookConfig } from './config.ts';
import { recordColumn } from './definition.ts';

const batch = 1_000;

/** Started by hand there is no call: it goes on without records, with nothing but what variables are left out. */
export const run: NodeRun<WebhookConfig> = async (context) => {
  const { config, received } = context;
  if (received) Object.assign(context.vars, received.parameters);
  else context.log('info', 'Started without a call: no records');
  if (config.columns.length === 0) return { ports: { success: null } };
  return writeRecords(context, received ? recordsOf(config, received.payload) : []);
};

/** Throws UserError HOOK_RECORDS. */
function recordsOf({ records }: WebhookConfig, payload: Json): unknown[] {
  const found = readPayload(payload, records);
  if (Array.isArray(found)) return found;
  if (found !== null && typeof found === 'object') return [found];
  throw new UserError('HOOK_RECORDS', { path: records });
}

async function writeRecords(context: NodeContext<WebhookConfig>, records: readonly unknown[]): Promise<NodeOutcome> {
  const success = await context.writer({ columns: declaredColumns(context.config.columns), name: 'success' });
  const reject = await context.writer({ columns: withRejectColumns([recordColumn]), name: 'reject' });
  for (let start = 0; start < records.length; start += batch) {
    context.signal.throwIfAborted();
    await writeBatch(context.config, records.slice(start, start + batch), { success, reject });
  }
  context.log('info', `${countText(success.count)} records, ${countText(reject.count)} rejected`);
  return { ports: { success: await success.finish(), reject: await reject.finish() } };
}

async function writeBatch(
  { columns }: WebhookConfig,
  records: readonly unknown[],
  { success, reject }: { success: TableWriter; reject: TableWriter },
): Promise<void> {
  const rows = records.map((record) => toRow(columns, record));
  await success.append(rows.flatMap((row) => (row.ok ? [row.cells] : [])));
  await reject.append(rows.flatMap((row) => (row.ok ? [] : [row.cells])));
}

function toRow(columns: WebhookConfig['columns'], record: unknown): { ok: boolean; cells: Cell[] } {
  const kept = toCell('json', record);
  const refused = (column: string, reason: string): { ok: false; cells: Cell[] } => {
    const cells = rejectCells(ownReason('TYPE_MISMATCH', { column, reason }, column === '' ? [] : [column]));
    return { ok: false, cells: [...cells, kept.ok ? kept.value : null] };
  };
  if (record === null || typeof record !== 'object') return refused('', 'the record is no object');
  const cells: Cell[] = [];
  for (const { name, type, from } of columns) {
    const cell = toCell(type, readPayload(record, from || name));
    if (!cell.ok) return refused(name, cell.reason);
    cells.push(cell.value);
  }
  return { ok: true, cells };
}
