import { type Call, readJson } from '../call.ts';
import { ApiError } from '../errors.ts';
import { noContent, type Reply } from '../reply.ts';
import { findObject } from '../soql/columns.ts';
import { makeContext } from '../soql/context.ts';
import { checkQuery } from '../soql/plan.ts';
import { abortJob, checkDeletable, jobReply, listJobs, newJob } from './answers.ts';
import { bulkColumns, parseBulkSoql } from './bulkColumns.ts';
import { describeJob, describeProgress } from './job.ts';
import { jobsOf } from './jobs.ts';
import { type QueryJob, type QueryPlan, runQueryJob } from './queryJob.ts';
import { runJob } from './work.ts';

/** POST /jobs/query */
export function createQueryJob(call: Call): Reply {
  const body = readJson(call);
  const { operation } = body;
  if (operation !== 'query' && operation !== 'queryAll') {
    throw new ApiError(400, 'INVALIDJOB', `Operation ${operation ?? ''} is not valid: it must be query or queryAll`);
  }
  const text = typeof body.query === 'string' ? body.query.trim() : '';
  if (text === '') throw new ApiError(400, 'INVALIDJOB', 'A query must be specified');
  jobsOf(call.org).checkQueryLimit();
  const plan = planQuery(call, text);
  const table = findObject(plan.context, plan.query);
  const job: QueryJob = {
    ...newJob(call, table, body),
    jobType: 'V2Query',
    operation,
    state: 'UploadComplete',
    result: null,
  };
  jobsOf(call.org).add(job);
  runJob(call.org, job, () => runQueryJob(call.org, job, plan, call.effects.job));
  return jobReply(describeJob(job));
}

/** Everything that can be wrong with a query is said when the job is made. */
function planQuery(call: Call, text: string): QueryPlan {
  const query = parseBulkSoql(text);
  const context = makeContext(call.org, call.userId, text);
  const table = findObject(context, query);
  if (table.definition.bulk === false) {
    throw new ApiError(400, 'INVALIDENTITY', `Entity '${table.name}' is not supported by the Bulk API.`);
  }
  const columns = bulkColumns(context, table, query);
  checkQuery(context, table, query);
  return { context, query, columns };
}

/** GET /jobs/query/{id} */
export function readQueryJob(call: Call): Reply {
  return jobReply(describeFully(jobsOf(call.org).query(call.params.job ?? '')));
}

/** PATCH /jobs/query/{id} */
export function abortQueryJob(call: Call): Reply {
  const job = jobsOf(call.org).query(call.params.job ?? '');
  const { state } = readJson(call);
  if (state !== 'Aborted') throw new ApiError(400, 'INVALIDJOBSTATE', 'The state of a query job can only be Aborted');
  abortJob(call.org, job);
  return jobReply(describeFully(job));
}

/** DELETE /jobs/query/{id} */
export function deleteQueryJob(call: Call): Reply {
  const job = jobsOf(call.org).query(call.params.job ?? '');
  checkDeletable(job);
  jobsOf(call.org).remove(job);
  return noContent();
}

/** GET /jobs/query */
export function listQueryJobs(call: Call): Reply {
  return listJobs(call, jobsOf(call.org).list('V2Query'), 'query');
}

function describeFully(job: QueryJob): Record<string, unknown> {
  return { ...describeJob(job), ...describeProgress(job), isPkChunkingSupported: job.table.definition.bulk !== false };
}
