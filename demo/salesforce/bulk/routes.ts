import type { Handler } from '../answer.ts';
import * as query from './query.ts';
import { listResultPages, readResults } from './queryPages.ts';

/** The Bulk API 2.0 below /services/data/vXX.0. */
export const BULK_ROUTES: readonly { path: string; methods: Record<string, Handler> }[] = [
  { path: '/jobs/query', methods: { GET: query.listQueryJobs, POST: query.createQueryJob } },
  {
    path: '/jobs/query/:job',
    methods: { GET: query.readQueryJob, PATCH: query.abortQueryJob, DELETE: query.deleteQueryJob },
  },
  { path: '/jobs/query/:job/results', methods: { GET: readResults } },
  { path: '/jobs/query/:job/resultPages', methods: { GET: listResultPages } },
];
