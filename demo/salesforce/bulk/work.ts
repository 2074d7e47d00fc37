import { setTimeout } from 'node:timers/promises';
import type { JobFault } from '../faultKinds.ts';
import type { Org } from '../org.ts';
import type { Job, JobState } from './job.ts';

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

/** Waits within a state. False when the job was ended meanwhile. */
export function pauseJob(job: Job, fault: JobFault | null): Promise<boolean> {
  const { signal } = job.stop;
  const ended = (): boolean => false;
  return setTimeout(STEP_MS + (fault?.delayMs ?? 0), true, { signal, ref: false }).catch(ended);
}

export function moveJob(org: Org, job: Job, state: JobState): void {
  job.state = state;
  job.changedAt = org.clock.seconds();
}

export function failJob(org: Org, job: Job, message: string): void {
  job.errorMessage = message;
  moveJob(org, job, 'Failed');
}

/** Ends a job as a fault says; `most` is how often Salesforce begins a job of this kind again. */
export function endEarly(org: Org, job: Job, fault: JobFault, most: number): void {
  if (fault.end === 'Aborted') {
    moveJob(org, job, 'Aborted');
    return;
  }
  if (fault.retriedTooOften) job.retries = most;
  const reason = fault.retriedTooOften
    ? `LimitExceeded : retried more than ${most} times – apply a filter or send less at once`
    : 'InternalServerError : the job could not be finished';
  failJob(org, job, fault.message ?? reason);
}
