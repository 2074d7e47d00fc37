import type { JobFault } from '../faultKinds.ts';
import type { Org } from '../org.ts';
import type { Query } from '../soql/ast.ts';
import type { Context } from '../soql/context.ts';
import { findRows } from '../soql/plan.ts';
import type { BulkColumn } from './bulkColumns.ts';
import type { Job } from './job.ts';
import { QueryResult } from './queryResult.ts';
import { endEarly, moveJob, pauseJob } from './work.ts';

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

const MOST_RETRIES = 15;

/** Runs a query job to its end. A job that is aborted or deleted meanwhile stays as it is. */
export async function runQueryJob(org: Org, job: QueryJob, plan: QueryPlan, fault: JobFault | null): Promise<void> {
  if (!(await pauseJob(job, fault))) return;
  moveJob(org, job, 'InProgress');
  const started = performance.now();
  const rows = await findRows(plan.context, job.table, plan.query, job.operation === 'queryAll');
  const result = new QueryResult(job.table, rows, plan.columns, { ...job, intFractions: fault?.intFractions ?? false });
  job.processingMs = performance.now() - started;
  const isOurs = await pauseJob(job, fault);
  if (!isOurs || fault?.end) {
    result.close();
    if (isOurs && fault) endEarly(org, job, fault, MOST_RETRIES);
    return;
  }
  job.result = result;
  job.recordsProcessed = rows.length;
  moveJob(org, job, 'JobComplete');
}
