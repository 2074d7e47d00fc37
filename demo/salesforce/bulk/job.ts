import { plainValue } from '../soql/encode.ts';
import type { Table } from '../store/table.ts';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';
export type LineEnding = 'LF' | 'CRLF';

export const DELIMITERS = {
  COMMA: ',',
  BACKQUOTE: '`',
  CARET: '^',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
} as const;
export type DelimiterName = keyof typeof DELIMITERS;

/** What jobs of both kinds have. Instants are in seconds since 1970. */
export interface Job {
  id: string;
  jobType: 'V2Query' | 'V2Ingest';
  operation: string;
  table: Table;
  createdById: string;
  createdAt: number;
  changedAt: number;
  state: JobState;
  /** Of the API that made it, such as 60. */
  version: number;
  lineEnding: LineEnding;
  columnDelimiter: DelimiterName;
  recordsProcessed: number;
  retries: number;
  processingMs: number;
  errorMessage: string | null;
  /** Ends the waiting of a job that is aborted or whose organisation closes. */
  stop: AbortController;
}

/** What every answer about a job begins with. */
export function describeJob(job: Job): Record<string, unknown> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.table.name,
    createdById: job.createdById,
    createdDate: plainValue('datetime', job.createdAt),
    systemModstamp: plainValue('datetime', job.changedAt),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.version,
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
  };
}

/** What answers say of how far a job is. */
export function describeProgress(job: Job): Record<string, unknown> {
  return {
    jobType: job.jobType,
    numberRecordsProcessed: job.recordsProcessed,
    retries: job.retries,
    totalProcessingTime: Math.round(job.processingMs),
    ...(job.errorMessage === null ? {} : { errorMessage: job.errorMessage }),
  };
}

export function isOver({ state }: Job): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted';
}
