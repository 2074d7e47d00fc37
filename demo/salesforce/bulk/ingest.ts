import { type Call, dataPath, header, readJson } from '../call.ts';
import { ApiError } from '../errors.ts';
import type { Field } from '../objects/field.ts';
import { noContent, type Reply } from '../reply.ts';
import type { Table } from '../store/table.ts';
import { abortJob, checkDeletable, invalidJob, invalidState, jobReply, listJobs, newJob } from './answers.ts';
import type { IngestJob, IngestOperation } from './ingestJob.ts';
import { describeJob, describeProgress } from './job.ts';
import { jobsOf } from './jobs.ts';
import { runIngestJob } from './runIngestJob.ts';
import { moveJob, runJob } from './work.ts';

/** Salesforce counts the bytes that the data has in base64. */
const MOST_BYTES = Math.floor((150 * 1024 * 1024 * 3) / 4);

/** The right an object must grant for an operation. */
const RIGHTS: Record<IngestOperation, 'createable' | 'updateable' | 'deletable'> = {
  insert: 'createable',
  update: 'updateable',
  upsert: 'updateable',
  delete: 'deletable',
  hardDelete: 'deletable',
};

/** POST /jobs/ingest */
export function createIngestJob(call: Call): Reply {
  const body = readJson(call);
  const operation = readOperation(body);
  const table = bulkTable(call, body.object, RIGHTS[operation]);
  const job: IngestJob = {
    ...newJob(call, table, body),
    jobType: 'V2Ingest',
    operation,
    keyField: operation === 'upsert' ? readKey(table, body.externalIdFieldName) : null,
    assignmentRuleId: typeof body.assignmentRuleId === 'string' ? body.assignmentRuleId : null,
    state: 'Open',
    data: null,
    upload: null,
  };
  jobsOf(call.org).add(job);
  return jobReply(describe(call, job));
}

function readOperation({ operation }: Record<string, unknown>): IngestOperation {
  if (typeof operation === 'string' && Object.hasOwn(RIGHTS, operation)) return operation as IngestOperation;
  throw invalidJob(`Operation ${operation ?? ''} is not valid: it must be one of ${Object.keys(RIGHTS).join(', ')}`);
}

function bulkTable(call: Call, name: unknown, right: (typeof RIGHTS)[IngestOperation]): Table {
  if (typeof name !== 'string' || name === '') throw invalidJob('An object must be specified');
  const table = call.org.table(name);
  if (table !== undefined && table.definition.bulk !== false && table.definition[right]) return table;
  throw new ApiError(400, 'INVALIDENTITY', `Entity '${name}' is not supported by the Bulk API.`);
}

function readKey(table: Table, name: unknown): Field {
  if (typeof name !== 'string' || name === '') throw invalidJob('External ID was blank for an upsert');
  const field = table.field(name);
  if (field?.externalId || field?.idLookup) return field;
  throw invalidJob(`Field name provided, ${name}, does not match an External ID, Id or indexed field of ${table.name}`);
}

/** PUT /jobs/ingest/{id}/batches */
export function uploadData(call: Call): Reply {
  const job = ingestJob(call);
  if (!/^text\/csv\b/i.test(header(call, 'content-type'))) {
    throw new ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The data of a job must have the Content-Type text/csv');
  }
  if (job.state !== 'Open') throw invalidState(`Uploading data to a job in state ${job.state} is not allowed`);
  if (job.data !== null) throw invalidState('Data was uploaded to this job already');
  if (call.body.length > MOST_BYTES) {
    throw new ApiError(413, 'REQUEST_ENTITY_TOO_LARGE', 'The data of a job can be at most 150 MB in base64');
  }
  job.data = call.body;
  return { ...noContent(), status: 201 };
}

/** PATCH /jobs/ingest/{id} */
export function changeIngestJob(call: Call): Reply {
  const job = ingestJob(call);
  const { state } = readJson(call);
  if (state === 'Aborted') abortJob(call.org, job);
  else if (state === 'UploadComplete') startIngestJob(call, job);
  else throw invalidState(`The state of a job can be set to UploadComplete or Aborted, not to ${state ?? ''}`);
  return jobReply(describe(call, job));
}

function startIngestJob(call: Call, job: IngestJob): void {
  if (job.state !== 'Open') throw invalidState(`A job in state ${job.state} cannot become UploadComplete`);
  moveJob(call.org, job, 'UploadComplete');
  const play = { fault: call.effects.job, lockedRow: call.effects.lockedRecord };
  runJob(call.org, job, () => runIngestJob(call.org, job, play));
}

/** GET /jobs/ingest/{id} */
export function readIngestJob(call: Call): Reply {
  const job = ingestJob(call);
  return jobReply({
    ...describe(call, job),
    ...describeProgress(job),
    numberRecordsFailed: job.upload?.outcomes.failures.size ?? 0,
    apiActiveProcessingTime: Math.round(job.processingMs),
    apexProcessingTime: 0,
  });
}

/** DELETE /jobs/ingest/{id} */
export function deleteIngestJob(call: Call): Reply {
  const job = ingestJob(call);
  checkDeletable(job);
  jobsOf(call.org).remove(job);
  return noContent();
}

/** GET /jobs/ingest */
export function listIngestJobs(call: Call): Reply {
  return listJobs(call, jobsOf(call.org).list('V2Ingest'), 'ingest');
}

/** The job of the path. */
export function ingestJob(call: Call): IngestJob {
  return jobsOf(call.org).ingest(call.params.job ?? '');
}

function describe(call: Call, job: IngestJob): Record<string, unknown> {
  return {
    ...describeJob(job),
    // Clients join it to the address of the instance: it begins without a slash.
    contentUrl: `${dataPath(call).slice(1)}/jobs/ingest/${job.id}/batches`,
    ...(job.keyField === null ? {} : { externalIdFieldName: job.keyField.name }),
    ...(job.assignmentRuleId === null ? {} : { assignmentRuleId: job.assignmentRuleId }),
  };
}
