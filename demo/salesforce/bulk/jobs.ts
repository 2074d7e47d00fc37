import type { Clock } from '../../kit/clock.ts';
import { ApiError, notFound } from '../errors.ts';
import { idMaker, normaliseId } from '../ids.ts';
import type { Org } from '../org.ts';
import type { IngestJob } from './ingestJob.ts';
import type { QueryJob } from './queryJob.ts';

const LIFE_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;
export const MOST_QUERY_JOBS = 10_000;

export type AnyJob = QueryJob | IngestJob;

/** The Bulk API jobs of an organisation; seven days after they were made they are gone. */
class Jobs {
  private readonly clock: Clock;
  private readonly jobs = new Map<string, AnyJob>();
  private readonly idOf = idMaker('750');
  private count = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  nextId(): string {
    return this.idOf(++this.count);
  }

  add(job: AnyJob): void {
    this.dropOld();
    this.jobs.set(job.id, job);
  }

  /** Query jobs made in the last 24 hours that were not deleted. */
  get queryJobsToday(): number {
    const since = this.clock.seconds() - DAY_SECONDS;
    return this.list('V2Query').filter(({ createdAt }) => createdAt > since).length;
  }

  /** Throws NOT_FOUND for a job that is not there, and for one of the other kind. */
  query(id: string): QueryJob {
    const job = this.find(id);
    if (job?.jobType === 'V2Query') return job;
    throw notFound();
  }

  /** Throws NOT_FOUND for a job that is not there, and for one of the other kind. */
  ingest(id: string): IngestJob {
    const job = this.find(id);
    if (job?.jobType === 'V2Ingest') return job;
    throw notFound();
  }

  list(jobType: AnyJob['jobType']): AnyJob[] {
    this.dropOld();
    return [...this.jobs.values()].filter((job) => job.jobType === jobType);
  }

  remove(job: AnyJob): void {
    job.stop.abort();
    if (job.jobType === 'V2Query') job.result?.close();
    this.jobs.delete(job.id);
  }

  /** Ends the waiting of all jobs. */
  close(): void {
    for (const job of this.jobs.values()) this.remove(job);
  }

  /** Keeps a day's query jobs below what Salesforce allows. Throws LIMIT_EXCEEDED. */
  checkQueryLimit(): void {
    if (this.queryJobsToday < MOST_QUERY_JOBS) return;
    const message = `Max bulk v2 query jobs (${MOST_QUERY_JOBS}) per 24 hrs has been exceeded`;
    throw new ApiError(400, 'LIMIT_EXCEEDED', message);
  }

  private find(text: string): AnyJob | undefined {
    this.dropOld();
    return this.jobs.get(normaliseId(text) ?? '');
  }

  private dropOld(): void {
    const before = this.clock.seconds() - LIFE_SECONDS;
    for (const job of this.jobs.values()) {
      if (job.createdAt >= before) return;
      this.remove(job);
    }
  }
}

const ofOrganisations = new WeakMap<Org, Jobs>();

/** The jobs of an organisation. It does not hold them itself, because jobs work on it. */
export function jobsOf(org: Org): Jobs {
  const known = ofOrganisations.get(org);
  if (known !== undefined) return known;
  const jobs = new Jobs(org.clock);
  ofOrganisations.set(org, jobs);
  return jobs;
}
