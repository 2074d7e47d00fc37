/** Writing by jobs of the Bulk API 2.0: a file is uploaded, the organisation works through it, three files tell what became of it. */
import { RetryLater, type UserError } from '../../../contract/errors.ts';
import type { Json } from '../../../contract/types.ts';
import type { JobRequest, JobState, RecordWrite, WriteJobs } from '../../../contract/write.ts';
import { isRefusal, notUnderstood } from '../../kit/faults.ts';
import type { Session } from '../session.ts';
import type { WireJob } from './jobResults.ts';
import { readJobResults } from './jobResults.ts';
import { headerRow, markOf, row, sizeOf, unfit } from './jobRows.ts';
import type { Describer, WireField } from './wireFields.ts';
import { isId, wireFields } from './wireFields.ts';

/** 150 MB once the data is in base64, which is a third more; the rest is room for the header. */
const most = { records: 1_000_000, bytes: 100_000_000 };
/** Characters that are given to the connection together. */
const pieceLength = 65_536;

export function createJobs(session: Session, client: Describer): WriteJobs {
  return {
    most,
    sizeOf,
    unfit,
    markOf,
    open: (request) => open(session, request),
    upload: async (job, request, records) => upload(session, job, await columnsOf(client, request), records),
    start: (job) => start(session, job),
    state: (job) => state(session, job),
    abort: async (job) => void (await change(session, job, 'Aborted')),
    results: async function* (job, request) {
      const columns = await columnsOf(client, request);
      yield* readJobResults(session, pathOf(session, job), await readJob(session, job), request, columns);
    },
    remove: (job) => remove(session, job),
  };
}

const pathOf = (session: Session, job: string): string => session.path(`/jobs/ingest/${encodeURIComponent(job)}`);

const idColumn: WireField = { asked: 'Id', name: 'Id', parent: null, type: 'text' };

/** In the order of the request's fields. */
async function columnsOf(client: Describer, { object, fields }: JobRequest): Promise<WireField[]> {
  const others = await wireFields(client, object, fields);
  return fields.map((field) => (isId(field) ? idColumn : others.shift())).filter((column) => column !== undefined);
}

async function open(session: Session, request: JobRequest): Promise<string> {
  const { object, operation, keyField, assignmentRule } = request;
  const body: Json = {
    object,
    operation,
    contentType: 'CSV',
    columnDelimiter: 'COMMA',
    lineEnding: 'LF',
    ...(operation === 'upsert' && keyField ? { externalIdFieldName: keyField } : {}),
    ...(assignmentRule ? { assignmentRuleId: assignmentRule } : {}),
  };
  return session.page(session.path('/jobs/ingest'), { method: 'POST', body, object }, (text) => {
    const { id } = JSON.parse(text) as { id?: unknown };
    if (typeof id !== 'string') throw notUnderstood('a new job without an id');
    return id;
  });
}

async function upload(
  session: Session,
  job: string,
  columns: readonly WireField[],
  records: AsyncIterable<readonly RecordWrite[]>,
): Promise<void> {
  try {
    await session.upload(`${pathOf(session, job)}/batches`, 'text/csv; charset=UTF-8', pieces(columns, records));
  } catch (error) {
    if (!isRefusal(error, 'INVALIDJOBSTATE') && !isGone(error)) throw error;
    throw jobLost(error);
  }
}

/** Somebody else has ended it, or uploaded to it: another one is made. */
function jobLost(error: UserError): RetryLater {
  return new RetryLater('REMOTE_BUSY', { status: 400, reason: error.message }, { cause: error });
}

async function* pieces(
  columns: readonly WireField[],
  records: AsyncIterable<readonly RecordWrite[]>,
): AsyncGenerator<string> {
  let piece = headerRow(columns);
  for await (const some of records) {
    for (const record of some) {
      piece += row(columns, record);
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

async function start(session: Session, job: string): Promise<void> {
  if (await change(session, job, 'UploadComplete')) return;
  const { state: found } = await state(session, job);
  if (found === 'open')
    throw new RetryLater('REMOTE_BUSY', { status: 400, reason: `the job ${job} cannot be started` });
}

/** Whether its state allowed it; a job that is over, or gone, does not. */
async function change(session: Session, job: string, to: 'UploadComplete' | 'Aborted'): Promise<boolean> {
  return allowed(() => session.page(pathOf(session, job), { method: 'PATCH', body: { state: to } }, () => undefined));
}

async function remove(session: Session, job: string): Promise<void> {
  const attempt = (): Promise<boolean> =>
    allowed(() => session.page(pathOf(session, job), { method: 'DELETE' }, () => undefined));
  if (await attempt()) return;
  await change(session, job, 'Aborted');
  await attempt();
}

async function allowed(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isRefusal(error, 'INVALIDJOBSTATE') || isGone(error)) return false;
    throw error;
  }
}

const isGone = (error: unknown): error is UserError => isRefusal(error, 'NOT_FOUND');

const states: Record<string, JobState['state']> = {
  Open: 'open',
  UploadComplete: 'working',
  InProgress: 'working',
  JobComplete: 'done',
  Failed: 'failed',
  Aborted: 'aborted',
};

async function state(session: Session, job: string): Promise<JobState> {
  const wire = await readJob(session, job);
  if (wire === null) return { state: 'gone', processed: 0, message: null };
  const { numberRecordsProcessed: processed = 0, errorMessage: message = null } = wire;
  return { state: states[wire.state] ?? 'working', processed, message };
}

/** null: it is not there (any more). */
async function readJob(session: Session, job: string): Promise<WireJob | null> {
  try {
    return await session.page(pathOf(session, job), {}, (text) => {
      const wire = JSON.parse(text) as Partial<WireJob> | null;
      if (typeof wire?.state !== 'string' || !(wire.state in states)) throw notUnderstood('an answer about no job');
      return wire as WireJob;
    });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
