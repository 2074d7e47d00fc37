import { type Call, dataPath, versionOf } from '../call.ts';
import { ApiError } from '../errors.ts';
import { csvStream, json, type Reply } from '../reply.ts';
import { invalidState } from './answers.ts';
import { jobsOf } from './jobs.ts';
import type { QueryJob } from './queryJob.ts';
import type { QueryResult } from './queryResult.ts';

/** Records of a page whose size is not asked for; Salesforce does not say which it takes. */
const PAGE_RECORDS = 50_000;
const URLS_AT_ONCE = 5;

/** GET /jobs/query/{id}/results */
export function readResults(call: Call): Reply {
  const { job, result } = completeJob(call);
  const from = offsetOf(call, job, result);
  const to = Math.min(from + pageRecords(call), result.rows.length);
  const headers = {
    'Sforce-NumberOfRecords': String(to - from),
    'Sforce-Locator': to < result.rows.length ? locatorOf(job, to) : 'null',
  };
  return csvStream(() => result.page(from, to), headers);
}

/** GET /jobs/query/{id}/resultPages */
export function listResultPages(call: Call): Reply {
  const { job, result } = completeJob(call);
  const path = `${dataPath(call)}/jobs/query/${job.id}`;
  const offsets = [];
  const size = pageRecords(call);
  let next = offsetOf(call, job, result);
  while (offsets.length < URLS_AT_ONCE && (next < result.rows.length || next === 0)) {
    offsets.push(next);
    next += size;
  }
  const done = next >= result.rows.length;
  return json({
    resultPages: offsets.map((offset) => ({ resultUrl: `${path}/results?locator=${locatorOf(job, offset)}` })),
    nextRecordsUrl: done ? null : `${path}/resultPages?locator=${locatorOf(job, next)}`,
    done,
  });
}

/** Results are there once the job is complete, and only for the version of the API that made it. */
function completeJob(call: Call): { job: QueryJob; result: QueryResult } {
  const job = jobsOf(call.org).query(call.params.job ?? '');
  if (job.version !== versionOf(call)) {
    const message = `The job was created with API version ${job.version}.0; use the same version to get its results`;
    throw new ApiError(409, 'API_ERROR', message);
  }
  if (job.result === null) throw invalidState(`The job has no results in state ${job.state}`);
  return { job, result: job.result };
}

/** The size that was asked for is the most there can be; smaller pages can be forced. */
function pageRecords(call: Call): number {
  const text = call.query.get('maxRecords');
  const most = call.effects.pageRows ?? Number.POSITIVE_INFINITY;
  if (text === null) return Math.min(PAGE_RECORDS, most);
  if (!/^[1-9]\d*$/.test(text)) throw new ApiError(400, 'API_ERROR', `maxRecords must be a positive number: ${text}`);
  return Math.min(Number(text), most);
}

function locatorOf(job: QueryJob, offset: number): string {
  return Buffer.from(`0:${job.id.slice(0, 15)}:${offset}`).toString('base64url');
}

function offsetOf(call: Call, job: QueryJob, result: QueryResult): number {
  const locator = call.query.get('locator');
  if (locator === null || locator === '') return 0;
  const [, id, offset] = Buffer.from(locator, 'base64url').toString().split(':');
  const isOurs = id === job.id.slice(0, 15) && /^\d+$/.test(offset ?? '') && Number(offset) <= result.rows.length;
  if (!isOurs) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', `invalid locator: ${locator}`);
  return Number(offset);
}
