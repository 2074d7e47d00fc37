import { jobsOf, MOST_QUERY_JOBS } from '../bulk/jobs.ts';
import type { Call } from '../call.ts';
import { notFound } from '../errors.ts';
import { json, type Reply } from '../reply.ts';

/** Limits nothing counts against in the demo, with their daily or hourly greatest values. */
const UNUSED: Record<string, number> = {
  AnalyticsExternalDataSizeMB: 40_960,
  ConcurrentAsyncGetReportInstances: 200,
  ConcurrentSyncReportRuns: 20,
  DailyAsyncApexExecutions: 250_000,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryFileStorageMB: 976_562,
  DailyDurableStreamingApiEvents: 1_000_000,
  DailyGenericStreamingApiEvents: 10_000,
  DailyStreamingApiEvents: 1_000_000,
  DailyWorkflowEmails: 1000,
  HourlyAsyncReportRuns: 1200,
  HourlyPublishedPlatformEvents: 250_000,
  MassEmail: 5000,
  SingleEmail: 5000,
};
const STORAGE_MB = 10_240;
const RECORD_KB = 2;

/** GET /limits */
export function listLimits(call: Call): Reply {
  const { usage, tables } = call.org;
  const unused = Object.fromEntries(Object.entries(UNUSED).map(([name, max]) => [name, { Max: max, Remaining: max }]));
  const storedMb = Math.floor(tables.reduce((sum, table) => sum + table.liveRows, 0) * (RECORD_KB / 1024));
  return json({
    ...unused,
    DailyApiRequests: { Max: usage.max, Remaining: Math.max(0, usage.max - usage.used) },
    DailyBulkV2QueryJobs: { Max: MOST_QUERY_JOBS, Remaining: MOST_QUERY_JOBS - jobsOf(call.org).queryJobsToday },
    DataStorageMB: { Max: STORAGE_MB, Remaining: Math.max(0, STORAGE_MB - storedMb) },
  });
}

/** GET /limits/recordCount?sObjects=A,B */
export function countRecords(call: Call): Reply {
  const wanted = call.query.get('sObjects');
  const tables = wanted === null ? call.org.tables : wanted.split(',').map((name) => call.org.table(name.trim()));
  if (tables.includes(undefined)) throw notFound();
  const sObjects = tables.map((table) => ({ count: table!.liveRows, name: table!.name }));
  return json({ sObjects });
}
