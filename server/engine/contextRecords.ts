/** Code per record over a whole table. Only the columns the code reads are read; one it asks for later is fetched. */
import type { TableRef } from '../../contract/relation.ts';
import type { Cell } from '../../contract/types.ts';
import type { NodeContext, RecordBatch, TableBatch } from '../../nodes/kit/run.ts';
import type { RecordResult, RecordSession, SandboxFailure } from '../../sandbox/index.ts';
import type { Attempt } from './attempt.ts';
import type { CodeEffects } from './contextCode.ts';
import { codeError, passLogs, placeText, sandboxContext, takeEffects } from './contextCode.ts';

type EachRecord = Parameters<NodeContext['eachRecord']>[0];

export async function eachRecord(attempt: Attempt, request: EachRecord): Promise<CodeEffects> {
  attempt.signal.throwIfAborted();
  /** The batch under way, for columns that its records turn out to need. */
  const present: { id: number; batch: TableBatch | null } = { id: 0, batch: null };
  const opened = await attempt.host.sandbox.openRecords({
    program: request.program,
    columns: request.input.columns.map((column) => column.name),
    context: await sandboxContext(attempt),
    signal: attempt.signal,
    fetchColumn: (_id, column) => fetchColumn(attempt, request.input, present.batch, column),
  });
  if (!opened.ok) throw programError(attempt, request, opened);
  const session = opened.value;
  const passNewLogs = logPasser(attempt, session);
  try {
    for await (const batch of readGuessed(attempt, request.input, session)) {
      present.id += 1;
      present.batch = batch;
      const results = await session.run({ id: present.id, columns: batch.columns, rows: batch.rows }, attempt.signal);
      passNewLogs();
      if (!results.ok) throw programError(attempt, request, results);
      await request.handle({ ids: batch.ids, results: results.value.map(toResult) });
    }
    return takeEffects(attempt, session.effects());
  } finally {
    await session.close();
  }
}

/** Batches with the columns the program is known to read; when it has asked for more, the next ones have them too. */
async function* readGuessed(attempt: Attempt, table: TableRef, session: RecordSession): AsyncGenerator<TableBatch> {
  const tables = attempt.host.stores.run(attempt.task.run_id);
  let after = 0;
  for (let known = true; known; ) {
    const columns = [...session.guessedColumns];
    known = false;
    for await (const batch of tables.read(table, { columns, after, signal: attempt.signal })) {
      yield batch;
      after = batch.ids.at(-1) ?? after;
      known = session.guessedColumns.length > columns.length;
      if (known) break;
    }
  }
}

async function fetchColumn(
  attempt: Attempt,
  table: TableRef,
  batch: TableBatch | null,
  column: string,
): Promise<Cell[]> {
  const ids = batch?.ids ?? [];
  const values: Cell[] = [];
  const after = (ids[0] ?? 1) - 1;
  const options = { columns: [column], after, signal: attempt.signal };
  for await (const part of attempt.host.stores.run(attempt.task.run_id).read(table, options)) {
    values.push(...part.rows.map((row) => row[0] ?? null));
    if (values.length >= ids.length) break;
  }
  return values.slice(0, ids.length);
}

function toResult(result: RecordResult): RecordBatch['results'][number] {
  if (!result.ok) return { ok: false, message: result.message.replace(/\.$/, ''), where: placeText(result.line) };
  return result.dropped ? { ok: true, dropped: true } : { ok: true, values: result.values as Cell[] };
}

function programError(attempt: Attempt, { program }: EachRecord, failure: SandboxFailure): unknown {
  if (program.kind === 'script') return codeError(attempt, 'SCRIPT_FAILED', {}, failure);
  return codeError(attempt, 'EXPRESSION_FAILED', { expression: program.expressions.join('; ').slice(0, 200) }, failure);
}

/** A session gives all its lines each time; only those that are new go to the log. */
function logPasser(attempt: Attempt, session: RecordSession): () => void {
  let passed = 0;
  return () => {
    const { logs } = session.effects();
    passLogs(attempt, logs.slice(passed));
    passed = logs.length;
  };
}
