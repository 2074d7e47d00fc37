/** Query jobs of the Bulk API 2.0: made, waited for, removed. */
import type { ReadQuery } from '../../../contract/connector.ts';
import { RetryLater, UserError } from '../../../contract/errors.ts';
import { isRefusal, notUnderstood } from '../../kit/faults.ts';
import { pause } from '../../kit/repeat.ts';
import type { Asked, Session } from '../session.ts';

/** The job is gone, has failed, or its result is not what was asked for: it is begun anew, or the other interface is taken. */
export class JobLost extends Error {
  override readonly name = 'JobLost';
}

interface WireJob {
  id: string;
  state: string;
  numberRecordsProcessed?: number;
  errorMessage?: string;
}

/** Milliseconds between the first two looks at a job, how they grow, and where they end. */
const firstPause = 200;
const growth = 1.4;
const longestPause = 15_000;
/** A job that takes longer is left for a later attempt, which waits for the same one. */
const longestWait = 4 * 3_600_000;

const path = (session: Session, id: string): string => session.path(`/jobs/query/${encodeURIComponent(id)}`);

/**
 * The id of a new job. Rejects with UserError REMOTE_REFUSED when this interface cannot serve the query. Where the answer was
 * lost the request is repeated: the job that nobody knows of does no harm, and is gone after seven days.
 */
export async function createJob(session: Session, query: ReadQuery, soql: string): Promise<string> {
  const body = { operation: query.everything ? 'queryAll' : 'query', query: soql };
  const { id } = await session.page(session.path('/jobs/query'), { method: 'POST', body }, toJob);
  return id;
}

/** Waits until the job is complete and gives the number of its records. Rejects with JobLost. */
export async function waitForJob(session: Session, id: string): Promise<number> {
  let waited = 0;
  for (let wait = firstPause; waited < longestWait; wait = Math.min(wait * growth, longestPause)) {
    const job = await lostIfRefused(() => session.page(path(session, id), {}, toJob));
    if (job.state === 'JobComplete') return job.numberRecordsProcessed ?? 0;
    if (job.state !== 'UploadComplete' && job.state !== 'InProgress')
      throw new JobLost(`the job ended as ${job.state}${job.errorMessage ? ` (${job.errorMessage})` : ''}`);
    await pause(wait, session.host.signal);
    waited += wait;
  }
  const hours = longestWait / 3_600_000;
  throw new RetryLater('REMOTE_BUSY', { status: 200, reason: `a bulk query is not complete after ${hours} hours` });
}

/** What is refused about a job that we made is no mistake of a person: the job is no longer there. */
export async function lostIfRefused<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'REMOTE_REFUSED') throw error;
    throw new JobLost(`${error.details.code} ${error.details.reason}`, { cause: error });
  }
}

/** Frees what the outside system keeps for seven days otherwise. A job at work is aborted first; whatever fails is only noted. */
export async function removeJob(session: Session, id: string): Promise<void> {
  const remove = (): Promise<boolean> => allowed(session, id, { method: 'DELETE' });
  try {
    if (await remove()) return;
    // It may have ended by itself meanwhile.
    await allowed(session, id, { method: 'PATCH', body: { state: 'Aborted' } });
    await remove();
  } catch (error) {
    session.host.log('debug', `The bulk query ${id} could not be removed: ${String(error)}`);
  }
}

/** Whether the state of the job allowed it. */
async function allowed(session: Session, id: string, asked: Asked): Promise<boolean> {
  try {
    await session.page(path(session, id), asked, () => undefined);
    return true;
  } catch (error) {
    if (isRefusal(error, 'INVALIDJOBSTATE')) return false;
    throw error;
  }
}

function toJob(text: string): WireJob {
  const job = JSON.parse(text) as Partial<WireJob> | null;
  if (typeof job?.id !== 'string' || typeof job.state !== 'string') throw notUnderstood('an answer about no job');
  return job as WireJob;
}
