/** Endpoints of exports and of what was sent. */
import { z } from 'zod';
import {
  chosenRecordsSchema,
  exportCallSchema,
  exportDetailSchema,
  exportRecordSchema,
  exportRecordsQuerySchema,
  exportStages,
  exportSummarySchema,
} from '../exports.ts';
import { sentSummarySchema } from '../sent.ts';
import type { Endpoint } from './endpoint.ts';
import { runSummarySchema } from './runs.ts';

export const exportsEndpoints = {
  listExports: {
    method: 'GET',
    path: '/exports',
    role: 'viewer',
    summary: 'Exports that are kept, newest first',
    query: z.object({
      workflow: z.string().optional(),
      /** All of a run; the export of a task has its id. */
      run: z.string().optional(),
      node: z.string().optional(),
      stage: z.enum(exportStages).optional(),
      /** Only those with records in doubt, or rejected ones, of which no person has said anything. */
      open: z.stringbool().optional(),
      before: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).optional(),
    }),
    reply: z.array(exportSummarySchema),
  },
  getExport: {
    method: 'GET',
    path: '/exports/:export',
    role: 'viewer',
    summary: 'What an export would do, or has done, in sums',
    reply: exportDetailSchema,
  },
  listExportRecords: {
    method: 'GET',
    path: '/exports/:export/records',
    role: 'viewer',
    summary: 'Record by record: old and new values, what became of it and why',
    query: exportRecordsQuerySchema,
    reply: z.object({ records: z.array(exportRecordSchema), cursor: z.string().nullable(), matching: z.number() }),
  },
  downloadExportRecords: {
    method: 'GET',
    path: '/exports/:export/records.csv',
    role: 'operator',
    summary: 'The same as CSV',
    query: exportRecordsQuerySchema.omit({ cursor: true, limit: true }),
    reply: z.unknown(),
    kind: 'file',
  },
  getExportCall: {
    method: 'GET',
    path: '/exports/:export/calls/:call',
    role: 'viewer',
    summary: 'One call of an export: what happened to it and when',
    reply: exportCallSchema,
  },
  undoExport: {
    method: 'POST',
    path: '/exports/:export/undo',
    role: 'operator',
    summary: 'Start a run that plans the undo of an export, whole or of chosen records, and waits for approval',
    body: chosenRecordsSchema,
    reply: runSummarySchema,
  },
  requeueRejects: {
    method: 'POST',
    path: '/exports/:export/requeue',
    role: 'operator',
    summary: 'Start a run of the published version at the node with the rows that were rejected or not sent',
    body: chosenRecordsSchema,
    reply: runSummarySchema,
  },
  dismissRejects: {
    method: 'POST',
    path: '/exports/:export/dismiss',
    role: 'operator',
    summary: 'Say that rejected rows are not to be sent: they are not due any more until they change',
    body: chosenRecordsSchema,
    reply: exportDetailSchema,
  },
  resolveDoubt: {
    method: 'POST',
    path: '/exports/:export/doubt',
    role: 'operator',
    summary: 'Say of records in doubt whether they were written',
    body: chosenRecordsSchema.extend({ written: z.boolean() }),
    reply: exportDetailSchema,
  },

  listSent: {
    method: 'GET',
    path: '/workflows/:workflow/nodes/:node/sent',
    role: 'viewer',
    summary: 'What a node was last sent, by target, in sums',
    reply: z.array(sentSummarySchema),
  },
  forgetSent: {
    method: 'DELETE',
    path: '/workflows/:workflow/nodes/:node/sent',
    role: 'editor',
    summary: 'Forget what a node was sent: all rows are due again, dismissed ones too',
    reply: z.object({ forgotten: z.number() }),
  },
} as const satisfies Record<string, Endpoint>;
