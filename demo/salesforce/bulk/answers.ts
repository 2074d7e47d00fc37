import { type Call, dataPath, versionOf } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { Org } from '../org.ts';
import { json, type Reply } from '../reply.ts';
import type { Table } from '../store/table.ts';
import { DELIMITERS, type DelimiterName, describeJob, isOver, type Job, type LineEnding } from './job.ts';
import { jobsOf } from './jobs.ts';
import { moveJob } from './work.ts';

const MOST_LISTED = 1000;

/** The parts of a new job that both kinds share. Throws for a format nobody knows. */
export function newJob(call: Call, table: Table, body: Record<string, unknown>) {
  const now = call.org.clock.seconds();
  return {
    id: jobsOf(call.org).nextId(),
    table,
    createdById: call.userId,
    createdAt: now,
    changedAt: now,
    version: versionOf(call),
    ...readFormat(body),
    recordsProcessed: 0,
    retries: 0,
    processingMs: 0,
    errorMessage: null,
    stop: new AbortController(),
  };
}

function readFormat(body: Record<string, unknown>): { lineEnding: LineEnding; columnDelimiter: DelimiterName } {
  const { contentType = 'CSV', lineEnding = 'LF', columnDelimiter = 'COMMA' } = body;
  if (contentType !== 'CSV') throw invalidJob(`Content type ${contentType} is not valid: it must be CSV`);
  if (lineEnding !== 'LF' && lineEnding !== 'CRLF') throw invalidJob(`Line ending ${lineEnding} is not valid`);
  if (typeof columnDelimiter !== 'string' || !Object.hasOwn(DELIMITERS, columnDelimiter)) {
    throw invalidJob(`Column delimiter ${columnDelimiter} is not valid`);
  }
  return { lineEnding, columnDelimiter: columnDelimiter as DelimiterName };
}

export function invalidJob(message: string): ApiError {
  return new ApiError(400, 'INVALIDJOB', message);
}

export function invalidState(message: string): ApiError {
  return new ApiError(400, 'INVALIDJOBSTATE', message);
}

/** Versions of the API are written with their fraction. */
export function jobReply(job: Record<string, unknown>): Reply {
  const reply = json(job);
  return { ...reply, body: writeVersions(reply.body) };
}

function writeVersions(text: string): string {
  return text.replace(/("apiVersion":\d+)(?=[,}])/g, '$1.0');
}

/** Throws INVALIDJOBSTATE for a job that is over. */
export function abortJob(org: Org, job: Job): void {
  if (job.state === 'JobComplete') throw invalidState('Aborting already Completed Job not allowed');
  if (isOver(job)) throw invalidState(`Aborting a job in state ${job.state} is not allowed`);
  job.stop.abort();
  moveJob(org, job, 'Aborted');
}

/** Throws INVALIDJOBSTATE for a job at work. */
export function checkDeletable(job: Job): void {
  if (job.state === 'InProgress' || job.state === 'Open') {
    throw invalidState(`Deleting a job in state ${job.state} is not allowed`);
  }
}

/** One page of the jobs below /jobs/query or /jobs/ingest; `queryLocator` leads to the next. */
export function listJobs(call: Call, jobs: readonly Job[], kind: 'query' | 'ingest'): Reply {
  const wanted = call.query.get('jobType');
  const listed = jobs.filter(({ jobType }) => wanted === null || jobType === wanted);
  const from = Number(call.query.get('queryLocator') ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  const end = from + MOST_LISTED;
  const done = end >= listed.length;
  const nextRecordsUrl = done ? null : `${dataPath(call)}/jobs/${kind}?queryLocator=${end}`;
  const records = listed.slice(from, end).map((job) => ({ ...describeJob(job), jobType: job.jobType }));
  return jobReply({ done, nextRecordsUrl, records });
}
