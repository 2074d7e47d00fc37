import { setTimeout } from 'node:timers/promises';
import type { Org } from '../org.ts';
import type { Query } from '../soql/ast.ts';
import type { Context } from '../soql/context.ts';
import { findRows } from '../soql/plan.ts';
import type { BulkColumn } from './bulkColumns.ts';
import { isOver, type Job, type JobState } from './job.ts';
import { QueryResult } from './queryResult.ts';

/** What a query job runs. */
export interface QueryPlan {
  context: Context;
  query: Query;
  columns: readonly BulkColumn[];
}

export interface QueryJob extends Job {
  jobType: 'V2Query';
  operation: 'query' | 'queryAll';
  result: QueryResult | null;
}

/** What a job does beside its work. */
export interface JobFault {
  /** Milliseconds it stays in UploadComplete, and again in InProgress, beyond the usual ones. */
  delayMs: number;
  /** How it ends in place of JobComplete. */
  end: 'Failed' | 'Aborted' | null;
  /** Records it handles before it ends so. */
  rows: number;
  message: string | null;
  retries: number;
}

/** So long a job is in UploadComplete, and at least so long InProgress: clients see every state. */
const STEP_MS = 20;

/** Lets a job work beside the requests. A mistake of the demo's own fails the job and is noted. */
export function runJob(org: Org, job: Job, work: () => Promise<void>): void {
  work().catch((error: Error) => {
    process.stderr.write(`demo organisation: job ${job.id} failed\n${error.stack}\n`);
    job.errorMessage = 'InternalServerError : an unexpected error occurred';
    moveJob(org, job, 'Failed');
  });
}

/** Runs a query job to its end. A job that is aborted or deleted meanwhile stays as it is. */
export async function runQueryJob(org: Org, job: QueryJob, plan: QueryPlan, fault: JobFault | null): Promise<void> {
  if (!(await pauseJob(job, fault))) return;
  moveJob(org, job, 'InProgress');
  const started = performance.now();
  const rows = await findRows(plan.context, job.table, plan.query, job.operation === 'queryAll');
  const result = new QueryResult(job.table, rows, plan.columns, job);
  job.processingMs = performance.now() - started;
  if ((await pauseJob(job, fault)) && fault?.end == null) {
    job.result = result;
    job.recordsProcessed = rows.length;
    moveJob(org, job, 'JobComplete');
    return;
  }
  result.close();
  if (!isOver(job) && fault !== null && fault.end !== null) endJob(org, job, fault.end, fault);
}

/** Waits within a state. False when the job was ended meanwhile. */
export async function pauseJob(job: Job, fault: JobFault | null): Promise<boolean> {
  const { signal } = job.stop;
  const ended = (): boolean => false;
  return setTimeout(STEP_MS + (fault?.delayMs ?? 0), true, { signal, ref: false }).catch(ended);
}

export function moveJob(org: Org, job: Job, state: JobState): void {
  job.state = state;
  job.changedAt = org.clock.seconds();
}

/** Ends a job as a fault says. */
export function endJob(org: Org, job: Job, state: JobState, { message, retries }: JobFault): void {
  job.errorMessage = message;
  job.retries = retries;
  moveJob(org, job, state);
}
