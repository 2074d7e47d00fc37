/** Sending rows by jobs of the CRM's own, and finding out what became of one that an attempt has left behind. */
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import type { Cell } from '../../../contract/types.ts';
import { canonicalJson } from '../../../contract/types.ts';
import type { JobRequest, JobResult, RecordWrite, WriteJobs } from '../../../contract/write.ts';
import { AnswerLost } from '../../../contract/write.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import type { NodeWait } from '../../kit/run.ts';
import { askFor } from './applyAsk.ts';
import { findKept } from './applyCheck.ts';
import type { Scope } from './applyRecords.ts';
import { jobOf, recordOf } from './applyRecords.ts';
import { newCall, sendRequests } from './applyRequests.ts';
import type { StageRow } from './applyStages.ts';
import { rounds, stageRows } from './applyStages.ts';
import { isFinal, refusedCells, writtenCells } from './applyWords.ts';
import type { Call } from './ledger.ts';

/** One job's results lie in memory while they are matched with the rows. */
const mostRecords = 50_000;
const mostBytes = 50_000_000;
/** Milliseconds between two looks at a job: longer each time, then the task waits and leaves its place to others. */
const looks = [50, 100, 200, 400, 800, 1_000, 2_000, 4_000, 8_000];
const restTime = 15_000;

/** Results of rows that were not sent although their range was, by `at`: changed since the plan, or nothing that a job can carry. */
type KeptBack = ReadonlyMap<number, Cell[]>;

const nothingKept: KeptBack = new Map();

/** Sends all rows of the stage from where the export stands: by requests, where an earlier job has kept back most of them. */
export async function sendJobs(scope: Scope, jobs: WriteJobs): Promise<NodeWait | null> {
  const { ledger, stage } = scope;
  if (stage.round > 1 && stage.kind !== 'add' && !(await isWorthAJob(scope, jobs))) return sendRequests(scope);
  while (ledger.place.after < stage.rows.count) {
    const wait = await sendJob(scope, jobs, await findEnd(scope, jobs));
    if (wait) return wait;
  }
  return null;
}

async function isWorthAJob(scope: Scope, jobs: WriteJobs): Promise<boolean> {
  const { client, context, stage } = scope;
  const request = jobOf(scope);
  let fit = 0;
  for await (const batch of stageRows(context, stage, 0)) {
    fit += batch.filter((row) => unfit(jobs, request, recordOf(scope, row)) === null).length;
    if (fit >= client.writer.worthAJob) return true;
  }
  return false;
}

/** Why no job can carry the record. A value that has no column in the file, as the id of a cleared lookup, would be lost. */
function unfit(jobs: WriteJobs, request: JobRequest, record: RecordWrite): RejectReason | null {
  const lost = Object.keys(record.values).filter((name) => !request.fields.includes(name));
  return lost.length > 0 ? ownReason('JOB_CANNOT_CARRY', {}, lost) : jobs.unfit(request, record);
}

/** The last row that one job can take. */
async function findEnd(scope: Scope, jobs: WriteJobs): Promise<number> {
  const { context, ledger, stage } = scope;
  const request = jobOf(scope);
  const most = { records: Math.min(mostRecords, jobs.most.records), bytes: Math.min(mostBytes, jobs.most.bytes) };
  let end = ledger.place.after;
  let bytes = 0;
  for await (const batch of stageRows(context, stage, end, end + most.records))
    for (const row of batch) {
      bytes += jobs.sizeOf(request, recordOf(scope, row));
      if (bytes > most.bytes && end > ledger.place.after) return end;
      end = row.at;
    }
  return end;
}

async function sendJob(scope: Scope, jobs: WriteJobs, to: number): Promise<NodeWait | null> {
  const { ledger } = scope;
  const request = jobOf(scope);
  const opening = await ledger.note(newCall(scope, 'job', ledger.place.after, to));
  const job = await open(scope, jobs, request, opening);
  const opened = await ledger.note({ ...opening, event: 'opened', job });
  const kept = new Map<number, Cell[]>();
  const hash = createHash('sha256');
  await jobs.upload(job, request, sendable(scope, jobs, opened, kept, hash));
  const starting = await ledger.note({ ...opened, event: 'starting', hash: hash.digest('base64url') });
  return followJob(scope, jobs, starting, { kept, whenOpen: () => start(jobs, job) });
}

/** Where no job could be made nothing was written. */
async function open({ ledger }: Scope, jobs: WriteJobs, request: JobRequest, call: Call): Promise<string> {
  try {
    return await jobs.open(request);
  } catch (error) {
    if (error instanceof UserError || error instanceof RetryLater) await ledger.note({ ...call, event: 'unsent' });
    throw error;
  }
}

async function* sendable(
  scope: Scope,
  jobs: WriteJobs,
  { from, to }: Call,
  kept: Map<number, Cell[]>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<RecordWrite[]> {
  const { context, stage } = scope;
  const request = jobOf(scope);
  for await (const batch of stageRows(context, stage, from, to)) {
    for (const [at, cells] of await findKept(scope, batch)) kept.set(at, cells);
    for (const row of batch) {
      const reason = kept.has(row.at) ? null : unfit(jobs, request, recordOf(scope, row));
      // By a request of a later round it can be written; without a key it would be made twice if the answer were lost.
      const isFinal = stage.kind === 'add' || stage.round >= rounds;
      if (reason) kept.set(row.at, refusedCells(row.row, reason, isFinal, null));
    }
    const records = batch.filter(({ at }) => !kept.has(at)).map((row) => recordOf(scope, row));
    for (const { id, values } of records) hash.update(canonicalJson([id, values]));
    yield records;
  }
}

/** Waits for the end of the job and takes its results. `whenOpen` starts or aborts one that nobody has started yet. */
async function followJob(
  scope: Scope,
  jobs: WriteJobs,
  call: Call,
  { kept, whenOpen }: { kept: KeptBack; whenOpen(): Promise<void> },
): Promise<NodeWait | null> {
  const { context } = scope;
  const job = call.job ?? '';
  for (const wait of [0, ...looks]) {
    await setTimeout(wait, undefined, { signal: context.signal });
    const { state, processed, message } = await jobs.state(job);
    if (state === 'open') await whenOpen();
    else if (state === 'gone') return settleGone(scope, call);
    else if (state !== 'working') return settleJob(scope, jobs, call, { kept, message });
    context.progress(scope.ledger.place.after + processed, scope.stage.rows.count, 'records');
  }
  const waitUntil = new Date(context.clock.now().getTime() + restTime).toISOString();
  return { waitUntil, reason: `The outside system works on the job ${job}.` };
}

/** Whether a start whose answer was lost has taken effect, the state of the job says. */
async function start(jobs: WriteJobs, job: string): Promise<void> {
  try {
    await jobs.start(job);
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error;
  }
}

async function settleJob(
  scope: Scope,
  jobs: WriteJobs,
  call: Call,
  { kept, message }: { kept: KeptBack; message: string | null },
): Promise<null> {
  const { context, ledger, stage } = scope;
  const request = jobOf(scope);
  const results = await readResults(jobs, call.job ?? '', request);
  const cells: Cell[][] = [];
  for await (const batch of stageRows(context, stage, call.from, call.to))
    for (const row of batch) {
      const back = kept.get(row.at);
      const result = back ? undefined : results.get(jobs.markOf(request, recordOf(scope, row)))?.pop();
      cells.push(back ?? cellsOf(scope, row, result, call, message));
    }
  await ledger.settle(cells, { settled: call.number, after: call.to });
  // On disk, before nobody else can tell them any more.
  await ledger.results();
  await remove(scope, jobs, call);
  return null;
}

async function readResults(
  jobs: WriteJobs,
  job: string,
  request: JobRequest,
): Promise<Map<string, JobResult['result'][]>> {
  const results = new Map<string, JobResult['result'][]>();
  for await (const page of jobs.results(job, request))
    for (const { mark, result } of page) {
      const equal = results.get(mark);
      if (equal) equal.push(result);
      else results.set(mark, [result]);
    }
  return results;
}

/** A row without a result was not processed. */
function cellsOf(
  scope: Scope,
  { row }: StageRow,
  result: JobResult['result'] | undefined,
  { number }: Call,
  message: string | null,
): Cell[] {
  if (result?.outcome === 'written') return writtenCells(row, scope.stage.kind, result, number);
  if (result?.outcome === 'refused') return refusedCells(row, result, isFinal(scope, result), number);
  const reason = message ?? 'the job ended before it came to this record';
  return refusedCells(row, ownReason('REMOTE_REFUSED', { code: 'JOB', reason }), false, number);
}

/** The results are here: the job is of no more use, and one that stays costs nobody anything. */
async function remove({ context }: Scope, jobs: WriteJobs, { job }: Call): Promise<void> {
  try {
    await jobs.remove(job ?? '');
  } catch (error) {
    if (!(error instanceof UserError || error instanceof RetryLater)) throw error;
    context.log('warning', `The job ${job} could not be removed: ${error.message}`);
  }
}

/**
 * A job that was begun. One that was not started has written nothing, and never will: it is aborted, since its records may
 * have changed after they were looked at. One that may be started meanwhile tells by its results what it has written.
 */
export async function settleOpenJob(scope: Scope, jobs: WriteJobs, call: Call): Promise<NodeWait | null> {
  const { job } = call;
  if (call.event === 'starting')
    return followJob(scope, jobs, call, { kept: nothingKept, whenOpen: () => jobs.abort(job ?? '') });
  if (job !== null) {
    const { state } = await jobs.state(job);
    if (state === 'open') await jobs.abort(job);
  }
  await scope.ledger.note({ ...call, event: 'unsent' });
  return null;
}

/** The CRM has forgotten the job; whether it has written what it was given, only the records themselves can tell. */
async function settleGone(scope: Scope, call: Call): Promise<null> {
  const cells: Cell[][] = [];
  for await (const batch of stageRows(scope.context, scope.stage, call.from, call.to))
    cells.push(...(await askFor(scope, batch, call.number)));
  await scope.ledger.settle(cells, { settled: call.number, after: call.to });
  return null;
}
