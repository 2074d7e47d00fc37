/**
 * First step of a plan: for each row that arrives, in its order, the key and the values in the form in which they are sent, or why
 * there are none. A later attempt goes on behind the last row written.
 */
import type { CrmClient } from '../../../contract/connector.ts';
import type { TableRef } from '../../../contract/relation.ts';
import type { Cell, Json } from '../../../contract/types.ts';
import { demandColumns } from '../../kit/rows.ts';
import type { RecordBatch, TableWriter } from '../../kit/run.ts';
import type { Context } from '../readRecords.ts';
import type { WrittenObject } from './fields.ts';
import { sourceFields } from './fields.ts';
import type { Given } from './preparedRow.ts';
import { preparedColumns, rowPreparer } from './preparedRow.ts';

export async function prepare(
  context: Context,
  client: CrmClient,
  input: TableRef,
  written: WrittenObject,
): Promise<TableRef> {
  const sources = sourcesOf(written);
  demandColumns(input, sources.columns);
  const writer = await context.writer({ columns: preparedColumns(written), name: 'prepared', resume: true });
  const toRow = rowPreparer({ client, written, timeZone: context.timeZone });
  const behind = typeof writer.position === 'number' ? writer.position : 0;
  if (writer.count < input.count)
    await eachBatch(context, input, sources, behind, async (ids, given) => {
      context.signal.throwIfAborted();
      const rows = given.map((one, index) => toRow(ids[index] ?? 0, one));
      await writer.append(rows, { position: ids.at(-1) ?? behind });
      report(context, writer, input);
    });
  return writer.finish();
}

const report = (context: Context, writer: TableWriter, input: TableRef): void =>
  context.progress(writer.count, input.count, 'rows prepared');

interface Sources {
  /** Names of the columns that go over as they are. */
  columns: string[];
  expressions: string[];
  /** Where the values and conditions of a field stand among the columns and the results. */
  places: { value: Place; condition: number | null }[];
}
type Place = { kind: 'column' | 'expression'; index: number };

function sourcesOf(written: WrittenObject): Sources {
  const sources: Sources = { columns: [], expressions: [], places: [] };
  const placed = (list: string[], text: string): number => {
    const known = list.indexOf(text);
    return known >= 0 ? known : list.push(text) - 1;
  };
  for (const { mapped } of sourceFields(written)) {
    const { source, onlyIf } = mapped;
    const value: Place =
      source.kind === 'column'
        ? { kind: 'column', index: placed(sources.columns, source.column) }
        : { kind: 'expression', index: placed(sources.expressions, source.code) };
    const condition = onlyIf.trim() === '' ? null : placed(sources.expressions, onlyIf);
    sources.places.push({ value, condition });
  }
  return sources;
}

type Handle = (ids: number[], given: Given[]) => Promise<void>;

/** Batches behind the `_id` of `behind`. What is a column never passes through the sandbox. */
async function eachBatch(
  context: Context,
  input: TableRef,
  sources: Sources,
  behind: number,
  handle: Handle,
): Promise<void> {
  const { columns, expressions } = sources;
  const batches = context.read(input, { columns, after: behind });
  if (expressions.length === 0) {
    for await (const { ids, rows } of batches)
      await handle(
        ids,
        rows.map((row) => givenOf(sources, row, [])),
      );
    return;
  }
  const cells = rowsOf(batches);
  await context.eachRecord({
    program: { kind: 'expressions', expressions },
    input,
    handle: async ({ ids, results }) => {
      const start = ids.findIndex((id) => id > behind);
      if (start < 0) return;
      const given: Given[] = [];
      for (const result of results.slice(start)) given.push(evaluated(sources, await nextRow(cells), result));
      await handle(ids.slice(start), given);
    },
  });
}

async function* rowsOf(batches: AsyncIterable<{ rows: Cell[][] }>): AsyncGenerator<Cell[], void> {
  for await (const { rows } of batches) yield* rows;
}

async function nextRow(rows: AsyncGenerator<Cell[], void>): Promise<Cell[]> {
  const next = await rows.next();
  if (next.done) throw new Error('The input has fewer rows than were evaluated');
  return next.value;
}

function evaluated(sources: Sources, row: Cell[], result: RecordBatch['results'][number]): Given {
  if (!result.ok) return { failed: { where: result.where, reason: result.message } };
  return givenOf(sources, row, 'values' in result ? result.values : []);
}

function givenOf({ places }: Sources, row: readonly Cell[], results: readonly Json[]): Given {
  return places.map(({ value, condition }) => {
    if (condition !== null && !results[condition]) return undefined;
    return (value.kind === 'column' ? row[value.index] : results[value.index]) ?? null;
  });
}
