import { setTimeout } from 'node:timers/promises';
import type { TestOrg } from '../testing.ts';

/** What an answer says of a job. */
export interface JobAnswer {
  id: string;
  state: string;
  numberRecordsProcessed: number;
  numberRecordsFailed?: number;
  retries: number;
  errorMessage?: string;
}

const BETWEEN_LOOKS_MS = 5;

/** Asks for a job until it is over. */
export async function waitForJob(
  org: TestOrg,
  kind: 'query' | 'ingest',
  id: string,
  see: (job: JobAnswer) => void = () => undefined,
): Promise<JobAnswer> {
  for (;;) {
    const job = (await org.call('GET', `/jobs/${kind}/${id}`)).body as JobAnswer;
    see(job);
    if (['JobComplete', 'Failed', 'Aborted'].includes(job.state)) return job;
    await setTimeout(BETWEEN_LOOKS_MS);
  }
}
