import type { Handler } from '../answer.ts';
import * as ingest from './ingest.ts';
import { readFailures, readSuccesses, readUnprocessed } from './ingestResults.ts';
import * as query from './query.ts';
import { listResultPages, readResults } from './queryPages.ts';

/** The Bulk API 2.0 below /services/data/vXX.0; clients differ in the case of the last names, and any is taken. */
export const BULK_ROUTES: readonly { path: string; methods: Record<string, Handler> }[] = [
  { path: '/jobs/query', methods: { GET: query.listQueryJobs, POST: query.createQueryJob } },
  {
    path: '/jobs/query/:job',
    methods: { GET: query.readQueryJob, PATCH: query.abortQueryJob, DELETE: query.deleteQueryJob },
  },
  { path: '/jobs/query/:job/results', methods: { GET: readResults } },
  { path: '/jobs/query/:job/resultPages', methods: { GET: listResultPages } },
  { path: '/jobs/ingest', methods: { GET: ingest.listIngestJobs, POST: ingest.createIngestJob } },
  {
    path: '/jobs/ingest/:job',
    methods: { GET: ingest.readIngestJob, PATCH: ingest.changeIngestJob, DELETE: ingest.deleteIngestJob },
  },
  { path: '/jobs/ingest/:job/batches', methods: { PUT: ingest.uploadData } },
  { path: '/jobs/ingest/:job/successfulResults', methods: { GET: readSuccesses } },
  { path: '/jobs/ingest/:job/failedResults', methods: { GET: readFailures } },
  { path: '/jobs/ingest/:job/unprocessedRecords', methods: { GET: readUnprocessed } },
];
