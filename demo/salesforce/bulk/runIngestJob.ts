import type { JobFault } from '../faultKinds.ts';
import type { Org } from '../org.ts';
import { Slices } from '../store/slices.ts';
import { readyToDelete, readyToWrite } from '../writes/ready.ts';
import { type IngestColumn, ingestColumns, sampleBody } from './ingestColumns.ts';
import type { IngestJob } from './ingestJob.ts';
import { IngestOutcomes } from './ingestOutcomes.ts';
import { writeTransaction } from './ingestTransaction.ts';
import { isOver } from './job.ts';
import { UploadError, UploadedRows } from './uploadedRows.ts';
import { endEarly, failJob, moveJob, pauseJob } from './work.ts';

/** Records of one transaction: they share a stamp, and a key may be among them only once. */
const TRANSACTION_ROWS = 200;
const MOST_RETRIES = 10;

/** Runs an ingest job to its end. What was written before it is aborted or fails stays written. */
export async function runIngestJob(org: Org, job: IngestJob, play: IngestPlay): Promise<void> {
  if (!(await pauseJob(job, play.fault))) return;
  moveJob(org, job, 'InProgress');
  const started = performance.now();
  try {
    await writeRows(org, job, play);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    failJob(org, job, error.message);
    return;
  } finally {
    job.processingMs = performance.now() - started;
  }
  if (!(await pauseJob(job, play.fault))) return;
  if (play.fault?.end) endEarly(org, job, play.fault, MOST_RETRIES);
  else moveJob(org, job, 'JobComplete');
}

/** What faults do to a job. */
export interface IngestPlay {
  fault: JobFault | null;
  /** The row, counted from 0, whose record another transaction holds. */
  lockedRow: number | null;
}

async function writeRows(org: Org, job: IngestJob, play: IngestPlay): Promise<void> {
  const rows = new UploadedRows(job.data ?? Buffer.alloc(0), job.lineEnding, job.columnDelimiter);
  job.data = null;
  const outcomes = new IngestOutcomes(rows.count, job.id);
  job.upload = { rows, outcomes };
  const columns = ingestColumns(org, job.table, rows.header);
  refuseColumns(job, columns);
  await makeReady(org, job, columns);
  const most = play.fault?.end ? Math.min(play.fault.rows, rows.count) : rows.count;
  const slices = new Slices();
  for (let from = 0; from < most && !isOver(job); from += TRANSACTION_ROWS) {
    await writeTransaction(org, job, columns, { from, to: Math.min(from + TRANSACTION_ROWS, most) }, play.lockedRow);
    job.recordsProcessed = outcomes.processed;
    if (slices.due) await slices.pause();
  }
}

/** Deleting takes ids and nothing else. */
function refuseColumns({ operation, keyField, table }: IngestJob, columns: IngestColumn[]): void {
  const names = columns.map(({ name }) => name);
  if (operation === 'delete' || operation === 'hardDelete') {
    const other = names.find((name) => name !== 'Id');
    if (other !== undefined) throw new UploadError(`InvalidBatch : Field name not allowed in a ${operation}: ${other}`);
  }
  const needed = operation === 'upsert' ? keyField?.name : operation === 'insert' ? undefined : 'Id';
  if (needed !== undefined && !names.includes(needed)) {
    throw new UploadError(`InvalidBatch : Field name not found in ${table.name} data: ${needed}`);
  }
}

async function makeReady(org: Org, { operation, table }: IngestJob, columns: IngestColumn[]): Promise<void> {
  if (operation === 'delete' || operation === 'hardDelete') return readyToDelete(org);
  await readyToWrite(org, table, [sampleBody(columns)]);
}
