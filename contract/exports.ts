/**
 * An export as people look at it: what it would do, what it has done, and what can still be done about it. The node that
 * exports keeps it with `context.keepExport`; lists, pages, undo, requeue and the rest are the server's, for every node.
 * It has the id of the task that made it.
 */
import { z } from 'zod';
import type { TableRef } from './relation.ts';
import type { SentRows } from './sent.ts';

/** What is planned for a record. */
export const exportActions = ['create', 'upsert', 'update', 'delete', 'undelete', 'unchanged', 'moved'] as const;
export type ExportAction = (typeof exportActions)[number];
/** Nothing is sent for these: the record is as it should be, or another has taken its place, and what is behind "Moved" writes that one. */
export const quietActions: readonly ExportAction[] = ['unchanged', 'moved'];

/** What became of a record. `doubt`: nobody knows whether it was written. `unsent`: it was not, and nothing is wrong with it. */
export const exportOutcomes = [
  'created',
  'updated',
  'deleted',
  'undeleted',
  'unchanged',
  'moved',
  'rejected',
  'doubt',
  'unsent',
] as const;
export type ExportOutcome = (typeof exportOutcomes)[number];

/**
 * planned: nothing was sent, and will be only on another run. asking: it waits for a person. refused: a person said no.
 * sending: under way, or to be gone on with. settled: what became of each record is known, or it is in doubt.
 */
export const exportStages = ['planned', 'asking', 'refused', 'sending', 'settled'] as const;
export type ExportStage = (typeof exportStages)[number];

/** What a person said of records afterwards. */
export const exportMarks = ['dismissed', 'requeued', 'written', 'not written'] as const;
export type ExportMark = (typeof exportMarks)[number];

const countsSchema = z.object({
  /** Rows that came; the sum of `actions` and `refused`. */
  input: z.number(),
  /** Those that the plan rejects. */
  refused: z.number(),
  actions: z.partialRecord(z.enum(exportActions), z.number()),
  /** Empty until something was sent. `rejected` holds those that the plan refused, too: once settled they add up to `input`. */
  outcomes: z.partialRecord(z.enum(exportOutcomes), z.number()),
});
export type ExportCounts = z.infer<typeof countsSchema>;

const forecastSchema = z.object({
  /** Calls that the plan itself has used, and that carrying it out will need, as far as can be said. */
  planned: z.number(),
  needed: z.number(),
  /** Calls that carrying it out has taken, all there were so far: those of the plan are not among them. null: nothing was sent. */
  made: z.number().nullable(),
  /** What the CRM allows and has counted, as it said when the plan was made; null: it does not say. */
  used: z.number().nullable(),
  allowed: z.number().nullable(),
});
export type ExportForecast = z.infer<typeof forecastSchema>;

const fieldSchema = z.object({ name: z.string(), label: z.string(), type: z.string() });

/** What the node says of its export; said again, the last word counts. */
export interface ExportReport {
  /** Name of the connection. */
  connection: string;
  object: string;
  objectLabel: string;
  /** insert, update, upsert, automatic, delete, undo. */
  operation: string;
  stage: ExportStage;
  counts: ExportCounts;
  forecast: ExportForecast | null;
  /** Those that are written, in the order of the mapping. */
  fields: readonly z.infer<typeof fieldSchema>[];
  /** What a person should know before approving, in sentences: for example what cannot be undone, or which instant is not covered. */
  remarks: readonly string[];
  tables: {
    /** The rows that came. */
    input: TableRef;
    /** One row for each of them, in their order, with `exportRecordColumns`. */
    records: TableRef;
    /** With `exportCallColumns`; null: nothing was sent. */
    calls: TableRef | null;
    /** What the rows are in sent states, beside `input`: by this they are dismissed, and made due again by an undo. */
    sent: readonly SentRows[];
  };
}

/**
 * Columns of `tables.records`: `_row` (`_id` in the input, and so in this table), `action` (null: refused by the plan), `recordId`,
 * `name` (what people call the record, as it was read, or as the row says; null: nothing tells), `key`, `stamp` (when the record was last changed, as it was read), `changed` (names of the fields that change, with a comma
 * before, between and behind them, so that one can be looked for), `values` and `before` (JSON by field), `outcome` (null: not known yet), the reject
 * columns, and `call` (its number).
 */
export const exportRecordColumns = [
  { name: '_row', label: 'Row', type: 'integer' },
  { name: 'action', label: 'Action', type: 'text' },
  { name: 'recordId', label: 'Record id', type: 'text', identifying: true },
  { name: 'name', label: 'Name', type: 'text', personal: true },
  { name: 'key', label: 'Key', type: 'text', identifying: true, personal: true },
  { name: 'stamp', label: 'Last changed', type: 'text' },
  { name: 'changed', label: 'Changed fields', type: 'text' },
  { name: 'values', label: 'New values', type: 'json', personal: true },
  { name: 'before', label: 'Old values', type: 'json', personal: true },
  { name: 'outcome', label: 'Outcome', type: 'text' },
  { name: 'errorCode', label: 'Error code', type: 'text' },
  { name: 'errorSymbol', label: 'Error symbol', type: 'text' },
  { name: 'errorMessage', label: 'Error message', type: 'text', personal: true },
  { name: 'errorFields', label: 'Error fields', type: 'text' },
  { name: 'call', label: 'Call', type: 'integer' },
] as const;

/** Columns of `tables.calls`: one row for each thing that happened to a call, in order. */
export const exportCallColumns = [
  { name: 'call', label: 'Call', type: 'integer' },
  { name: 'event', label: 'Event', type: 'text' },
  { name: 'instant', label: 'Instant', type: 'datetime' },
  { name: 'kind', label: 'Kind', type: 'text' },
  { name: 'operation', label: 'Operation', type: 'text' },
  { name: 'job', label: 'Job', type: 'text' },
] as const;

export const exportSummarySchema = z.object({
  id: z.string(),
  run: z.string(),
  workflow: z.string(),
  workflowLabel: z.string(),
  nodeId: z.string(),
  nodeLabel: z.string(),
  connection: z.string(),
  object: z.string(),
  objectLabel: z.string(),
  operation: z.string(),
  stage: z.enum(exportStages),
  counts: countsSchema,
  /** Records in doubt, and rejected ones, of which no person has said anything yet. */
  openDoubt: z.number(),
  openRejects: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** The export that this one undoes, and the one that undoes this one last. */
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
  /** The export whose rows this one sends once more. */
  requeues: z.string().nullable(),
  /** When its rows go; null: while the run is not over. */
  expiresAt: z.string().nullable(),
});
export type ExportSummary = z.infer<typeof exportSummarySchema>;

export const exportDetailSchema = exportSummarySchema.extend({
  forecast: forecastSchema.nullable(),
  fields: z.array(fieldSchema),
  remarks: z.array(z.string()),
  /** The task waits for this answer: `decideTask` with `run` and `id`. */
  asks: z.string().nullable(),
  /** Bytes of its tables on disk, as far as it is known. */
  bytes: z.number().nullable(),
  /** Why it cannot be undone; null: it can. */
  notUndoable: z.string().nullable(),
  /** How many records change each field. */
  changedFields: z.array(z.object({ name: z.string(), records: z.number() })),
  /** Rejects by code, most first. */
  rejectCodes: z.array(z.object({ code: z.string(), records: z.number() })),
});
export type ExportDetail = z.infer<typeof exportDetailSchema>;

export const exportRecordSchema = z.object({
  row: z.number(),
  action: z.enum(exportActions).nullable(),
  outcome: z.enum(exportOutcomes).nullable(),
  mark: z.enum(exportMarks).nullable(),
  recordId: z.string().nullable(),
  /** What people call the record; null: nothing tells. Masked as its values are, and as the key is. */
  name: z.string().nullable(),
  key: z.string().nullable(),
  /** What changes; `after` is left out where nothing is written. Masked for those who may not see personal columns. */
  fields: z.array(z.object({ name: z.string(), before: z.unknown(), after: z.unknown() })),
  reject: z
    .object({
      code: z.string(),
      symbol: z.string(),
      message: z.string(),
      fields: z.string(),
      /** What it means, and what can be done, from the table of codes. */
      meaning: z.string(),
      action: z.string(),
    })
    .nullable(),
  call: z.number().nullable(),
});
export type ExportRecord = z.infer<typeof exportRecordSchema>;

export const exportCallSchema = z.object({
  call: z.number(),
  kind: z.string(),
  operation: z.string(),
  job: z.string().nullable(),
  events: z.array(z.object({ event: z.string(), at: z.string() })),
});
export type ExportCall = z.infer<typeof exportCallSchema>;

/** Which records: by `_row`, or all that an action is possible for. */
export const chosenRecordsSchema = z.strictObject({
  rows: z.array(z.number().int().min(1)).min(1).max(10_000).nullable(),
});

export const exportRecordsQuerySchema = z.object({
  /** `refused`: those that the plan rejects. */
  action: z.enum([...exportActions, 'refused']).optional(),
  outcome: z.enum(exportOutcomes).optional(),
  /** Name of a field that changes. */
  field: z.string().max(255).optional(),
  /** Code of the reject. */
  code: z.string().max(100).optional(),
  /** `none`: those of which something could be said, and nothing was. */
  mark: z.enum([...exportMarks, 'none']).optional(),
  /** In id, name, key, values, and why it was rejected. */
  search: z.string().max(200).optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
