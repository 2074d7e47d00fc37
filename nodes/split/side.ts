/** What only code can say of each record, laid beside the rows: what JavaScript answers, and a number for the sample. */
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Column } from '../../contract/types.ts';
import { noReason, ownReason, rejectCells, rejectColumns } from '../kit/rejects.ts';
import type { NodeContext, RecordBatch, TableWriter } from '../kit/run.ts';
import type { SplitConfig } from './definition.ts';
import { sampleNumber } from './sample.ts';

/** Names of its columns: the `_id` of the row, an answer per expression, and why there is none. */
export const side = {
  row: 'row',
  answer: (subset: number): string => `answer${subset}`,
  sample: 'sample',
  failed: 'errorCode',
};

const expressionSubsets = ({ subsets }: SplitConfig): number[] =>
  subsets.flatMap((subset, index) => (subset.kind === 'expression' ? [index] : []));

export const samples = ({ subsets }: SplitConfig): boolean =>
  subsets.some((subset) => subset.limit !== 'none' && subset.pick === 'random');

/** null when the database can say everything. */
export async function computeSide(context: NodeContext<SplitConfig>, input: TableRef): Promise<TableRef | null> {
  const { config } = context;
  const asked = expressionSubsets(config);
  if (asked.length === 0 && !samples(config)) return null;
  const writer = await context.writer({ columns: sideColumns(config), name: 'side' });
  if (asked.length === 0) await writeSamples(context, input, writer);
  else await writeAnswers(context, input, writer, asked);
  return writer.finish();
}

function sideColumns(config: SplitConfig): Column[] {
  const column = (name: string, type: Column['type']): Column => ({ name, label: name, type });
  const answers = expressionSubsets(config).map((index) => column(side.answer(index), 'boolean'));
  const sample = samples(config) ? [column(side.sample, 'integer')] : [];
  return [column(side.row, 'integer'), ...answers, ...sample, ...rejectColumns];
}

const sampleCells = ({ config, task }: NodeContext<SplitConfig>, id: number): Cell[] =>
  samples(config) ? [sampleNumber(task.id, id)] : [];

async function writeSamples(context: NodeContext<SplitConfig>, input: TableRef, writer: TableWriter): Promise<void> {
  for await (const { ids } of context.read(input, { columns: [] })) {
    context.signal.throwIfAborted();
    await writer.append(ids.map((id) => [id, ...sampleCells(context, id), ...noReason]));
  }
}

async function writeAnswers(
  context: NodeContext<SplitConfig>,
  input: TableRef,
  writer: TableWriter,
  asked: readonly number[],
): Promise<void> {
  const expressions = asked.map((index) => context.config.subsets[index]?.expression ?? '');
  await context.eachRecord({
    program: { kind: 'expressions', expressions },
    input,
    handle: async ({ ids, results }) => {
      context.signal.throwIfAborted();
      const rows = results.map((result, index) => {
        const id = ids[index] ?? 0;
        return [id, ...answerCells(result, asked.length, sampleCells(context, id))];
      });
      await writer.append(rows);
      context.progress(writer.count, input.count, 'rows');
    },
  });
}

function answerCells(result: RecordBatch['results'][number], count: number, sample: Cell[]): Cell[] {
  if (result.ok && 'values' in result) return [...result.values.map(Boolean), ...sample, ...noReason];
  const { message, where } = result.ok ? { message: 'no value', where: '' } : result;
  const none = Array.from({ length: count }, () => null);
  return [...none, ...sample, ...rejectCells(ownReason('RECORD_FAILED', { where, reason: message }))];
}
