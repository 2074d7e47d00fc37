/**
 * Every endpoint once: method, path, role, request and reply. From this come the server's validation, the editor's typed
 * client and the OpenAPI page; a test calls all of them with every role.
 */
import { z } from 'zod';
import { alarmKinds, recipientSchema } from './alarm.ts';
import {
  chosenRecordsSchema,
  exportCallSchema,
  exportDetailSchema,
  exportRecordSchema,
  exportRecordsQuerySchema,
  exportStages,
  exportSummarySchema,
} from './exports.ts';
import { filterGroupSchema } from './filter.ts';
import { runStateSchema, taskStates } from './run.ts';
import { planSchema } from './schedule.ts';
import { sentSummarySchema } from './sent.ts';
import { columnSchema } from './types.ts';
import { idSchema, internalNameSchema, workflowSchema } from './workflow.ts';

export const roles = ['viewer', 'operator', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];
const roleSchema = z.enum(roles);
/** Whether a role may do what needs another: viewer < operator < editor < admin. */
export const mayAct = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Under `/api`; `:name` are parameters. */
  path: string;
  /** `public`: also without signing in. */
  role: Role | 'public';
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  reply: z.ZodType;
  /** json unless said. `events` is a server-sent stream; `file` a download. */
  kind?: 'json' | 'events' | 'file';
}

const iso = z.string();
const error = z.object({
  code: z.string(),
  message: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  issues: z.array(z.unknown()).optional(),
});
const issueSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  action: z.string(),
  nodeId: z.string().optional(),
  transitionId: z.string().optional(),
  path: z.string().optional(),
  fix: z.object({ value: z.string() }).optional(),
});
const done = z.object({ ok: z.literal(true) });

const userSchema = z.object({
  name: z.string(),
  role: roleSchema,
  createdAt: iso,
  lastSeenAt: iso.nullable(),
  disabled: z.boolean(),
});
const sessionSchema = z.object({
  user: z.object({ name: z.string(), role: roleSchema }),
  demo: z.boolean(),
  version: z.string(),
  timeZone: z.string(),
  /** Restored from a backup: nothing starts and nothing is sent until `confirmRestore`. */
  held: z.object({ restoredAt: iso, backupAt: iso }).nullable(),
});
const userName = z.string().regex(/^[\p{L}\p{N}._@+-]{1,64}$/u, 'use letters, digits and . _ @ + -');
const password = z.string().min(12, 'use at least 12 characters').max(512);
const tokenSchema = z.object({
  id: z.string(),
  label: z.string(),
  role: roleSchema,
  createdBy: z.string(),
  createdAt: iso,
  lastUsedAt: iso.nullable(),
});

const versionSchema = z.object({
  version: z.number(),
  at: iso,
  by: z.string(),
  note: z.string(),
  published: z.boolean(),
});
const workflowListItemSchema = z.object({
  internalName: z.string(),
  label: z.string(),
  description: z.string(),
  revision: z.number(),
  updatedAt: iso,
  updatedBy: z.string(),
  publishedVersion: z.number().nullable(),
  draftDiffers: z.boolean(),
  problems: z.number(),
  lastRun: z
    .object({ id: z.string(), state: runStateSchema, createdAt: iso, endedAt: iso.nullable(), rejects: z.number() })
    .nullable(),
  activeRuns: z.number(),
  nextRun: z.object({ at: iso, timeZone: z.string() }).nullable(),
  /** What the draft's nodes say that start by a schedule; it counts once it is published. */
  drawnSchedule: z.string().nullable(),
});
const workflowDetailSchema = z.object({
  workflow: workflowSchema,
  revision: z.number(),
  updatedAt: iso,
  updatedBy: z.string(),
  publishedVersion: z.number().nullable(),
  draftDiffers: z.boolean(),
  issues: z.array(issueSchema),
  nextRun: z.object({ at: iso, timeZone: z.string() }).nullable(),
});

const originSchema = z.object({
  kind: z.enum(['manual', 'schedule', 'api', 'cli', 'webhook', 'workflow']),
  by: z.string(),
  instant: iso.optional(),
  /** The run that has called this one. */ run: z.string().optional(),
  /** What it undoes or repeats. */ export: z
    .object({ id: z.string(), purpose: z.enum(['undo', 'requeue']) })
    .optional(),
});
const runSummarySchema = z.object({
  id: z.string(),
  workflow: z.string(),
  workflowLabel: z.string(),
  version: z.number().nullable(),
  state: runStateSchema,
  origin: originSchema,
  createdAt: iso,
  startedAt: iso.nullable(),
  endedAt: iso.nullable(),
  rejects: z.number(),
  error: error.nullable(),
  simulated: z.boolean(),
});
const signalSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** queued: nothing has taken it yet. failed: it could not start a run, `error` says why. */
  state: z.enum(['queued', 'taken', 'failed']),
  by: z.string(),
  receivedAt: iso,
  takenAt: iso.nullable(),
  runId: z.string().nullable(),
  error: error.nullable(),
});
const progressSchema = z.object({ done: z.number(), total: z.number().nullable(), unit: z.string() });
const taskSummarySchema = z.object({
  id: z.string(),
  nodeId: z.string(),
  state: z.enum(taskStates),
  attempt: z.number(),
  pass: z.number(),
  due: iso.nullable(),
  startedAt: iso.nullable(),
  endedAt: iso.nullable(),
  durationMs: z.number().nullable(),
  progress: progressSchema.nullable(),
  rowsIn: z.number(),
  error: error.nullable(),
  outputs: z.record(
    z.string(),
    z.object({ count: z.number().nullable(), table: z.unknown().nullable(), kept: z.boolean() }),
  ),
  vars: z.record(z.string(), z.unknown()),
  taskVars: z.record(z.string(), z.unknown()),
  /** The run that it has called, last. */ calledRun: z.string().nullable().optional(),
  /** The question that it waits for an answer to. */ asks: z.string().nullable().optional(),
});
const runDetailSchema = runSummarySchema.extend({
  workflowFile: workflowSchema,
  tasks: z.array(taskSummarySchema),
  lastSeq: z.number(),
  instanceVars: z.record(z.string(), z.unknown()),
});
const runEventSchema = z.object({ seq: z.number(), at: iso, type: z.string() }).loose();

export const rowsQuerySchema = z.object({
  /** Opaque; from the last reply. */
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  sort: z.string().optional(),
  direction: z.enum(['asc', 'desc']).optional(),
  /** Folded text, anywhere in any column. */
  search: z.string().max(200).optional(),
  /** JSON: [{column, operator, value}] with the operators of filters; all must hold. */
  filter: z.string().max(4_000).optional(),
});
const rowsSchema = z.object({
  columns: z.array(columnSchema),
  rows: z.array(z.array(z.unknown())),
  ids: z.array(z.number()),
  cursor: z.string().nullable(),
  /** Rows that pass search and filter. */ matching: z.number(),
  total: z.number(),
});

const optionSchema = z.object({
  name: z.string(),
  value: z.string(),
  isCursor: z.boolean(),
  updatedAt: iso,
  updatedBy: z.string(),
});
const optionChangeSchema = z.object({
  at: iso,
  by: z.string(),
  runId: z.string().nullable(),
  old: z.string().nullable(),
  new: z.string().nullable(),
});

const connectionSchema = z.object({
  name: z.string(),
  kind: z.string(),
  label: z.string(),
  settings: z.record(z.string(), z.unknown()),
  /** Names of secrets that are set; their values never leave. */ secretsSet: z.array(z.string()),
  capabilities: z.array(z.string()),
  updatedAt: iso,
  verified: z
    .object({
      at: iso,
      ok: z.boolean(),
      /** Of the error, when it is not ok: refused, not reached, or busy are mended in different ways. */
      code: z.string().optional(),
      message: z.string(),
      details: z.array(z.object({ label: z.string(), value: z.string() })),
    })
    .nullable(),
});
const connectionBody = z.object({
  name: internalNameSchema,
  kind: z.string(),
  label: z.string().min(1).max(120),
  /** Secrets among them; a secret that is left out stays as it is. */ settings: z.record(z.string(), z.unknown()),
});
const remoteObjectSchema = z.object({
  name: z.string(),
  label: z.string(),
  queryable: z.boolean(),
  custom: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  deletable: z.boolean(),
  undeletable: z.boolean(),
  tracksDeletions: z.boolean().optional(),
});
const remoteFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  remoteType: z.string(),
  type: columnSchema.shape.type,
  nullable: z.boolean(),
  filterable: z.boolean(),
  sortable: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  calculated: z.boolean(),
  length: z.number().optional(),
  values: z.array(z.object({ value: z.string(), label: z.string() })).optional(),
  references: z.object({ objects: z.array(z.string()), path: z.string(), nameField: z.string().optional() }).optional(),
  required: z.boolean(),
  key: z.boolean(),
  unique: z.boolean().optional(),
  identifying: z.boolean(),
  personal: z.boolean(),
});
const localTableSchema = z.object({
  name: z.string(),
  columns: z.array(columnSchema),
  key: z.array(z.string()),
  rows: z.number(),
});
const auditSchema = z.object({
  id: z.number(),
  at: iso,
  by: z.string(),
  action: z.string(),
  subject: z.string(),
  old: z.unknown(),
  new: z.unknown(),
});
const alarmSchema = z.object({
  id: z.number(),
  kind: z.enum(alarmKinds),
  workflow: z.string(),
  workflowLabel: z.string(),
  node: z.string(),
  /** null: it is about no node, or the node is gone. */ nodeLabel: z.string().nullable(),
  state: z.enum(['raised', 'cleared']),
  severity: z.enum(['warning', 'error']),
  /** When the state began. */ since: iso,
  message: z.string(),
  /** How often it was noticed since it was raised. */ times: z.number(),
  runId: z.string().nullable(),
  acknowledgedAt: iso.nullable(),
  acknowledgedBy: z.string().nullable(),
  messages: z.array(
    z.object({
      id: z.string(),
      connection: z.string(),
      to: z.array(z.string()),
      state: z.enum(['due', 'sending', 'sent', 'failed']),
      attempts: z.number(),
      nextAt: iso.nullable(),
      error: z.string().nullable(),
      createdAt: iso,
      sentAt: iso.nullable(),
    }),
  ),
});
const storageSchema = z.object({
  /** null: on a database server, which does not say. */ freeBytes: z.number().nullable(),
  /** No run starts below it. */ floorBytes: z.number(),
  /** null: on a database server, which has its own tools. */ controlBytes: z.number().nullable(),
  localBytes: z.number().nullable(),
  runBytes: z.number(),
  /** Of exports that are kept longer than the other rows of their runs; those are counted above. */ exportBytes:
    z.number(),
  workflows: z.array(z.object({ workflow: z.string(), runs: z.number(), bytes: z.number(), tables: z.number() })),
  runs: z.array(
    z.object({
      id: z.string(),
      workflow: z.string(),
      workflowLabel: z.string(),
      state: runStateSchema,
      endedAt: iso.nullable(),
      bytes: z.number(),
      tables: z.number(),
    }),
  ),
});
const page = z.object({
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});

const define = <E extends Record<string, Endpoint>>(endpoints: E): E => endpoints;

export const api = define({
  // Access
  getSession: { method: 'GET', path: '/session', role: 'viewer', summary: 'Who is signed in', reply: sessionSchema },
  signIn: {
    method: 'POST',
    path: '/session',
    role: 'public',
    summary: 'Sign in with user name and password',
    body: z.object({ name: z.string().max(64), password: z.string().max(512) }),
    reply: sessionSchema,
  },
  signInByLink: {
    method: 'POST',
    path: '/session/link',
    role: 'public',
    summary: 'Sign in with the one-time link printed at the first start',
    body: z.object({ token: z.string().max(200) }),
    reply: sessionSchema,
  },
  signOut: { method: 'DELETE', path: '/session', role: 'viewer', summary: 'Sign out', reply: done },
  changePassword: {
    method: 'PUT',
    path: '/session/password',
    role: 'viewer',
    summary: 'Set the password of the signed-in user',
    body: z.object({ old: z.string().max(512).optional(), new: password }),
    reply: done,
  },
  listUsers: { method: 'GET', path: '/users', role: 'admin', summary: 'All users', reply: z.array(userSchema) },
  createUser: {
    method: 'POST',
    path: '/users',
    role: 'admin',
    summary: 'Create a user',
    body: z.object({ name: userName, role: roleSchema, password }),
    reply: userSchema,
  },
  updateUser: {
    method: 'PUT',
    path: '/users/:user',
    role: 'admin',
    summary: 'Change role, password or disable a user',
    body: z.object({ role: roleSchema.optional(), password: password.optional(), disabled: z.boolean().optional() }),
    reply: userSchema,
  },
  deleteUser: {
    method: 'DELETE',
    path: '/users/:user',
    role: 'admin',
    summary: 'Delete a user and end the sessions',
    reply: done,
  },
  listTokens: { method: 'GET', path: '/tokens', role: 'admin', summary: 'All API tokens', reply: z.array(tokenSchema) },
  createToken: {
    method: 'POST',
    path: '/tokens',
    role: 'admin',
    summary: 'Create an API token; its secret is shown once',
    body: z.object({ label: z.string().min(1).max(120), role: roleSchema }),
    reply: tokenSchema.extend({ secret: z.string() }),
  },
  deleteToken: { method: 'DELETE', path: '/tokens/:token', role: 'admin', summary: 'Revoke an API token', reply: done },
  listAudit: {
    method: 'GET',
    path: '/audit',
    role: 'admin',
    summary: 'Who changed, ran or moved what',
    query: page.extend({ subject: z.string().optional() }),
    reply: z.array(auditSchema),
  },

  // Workflows
  listWorkflows: {
    method: 'GET',
    path: '/workflows',
    role: 'viewer',
    summary: 'All workflows with their last run',
    reply: z.array(workflowListItemSchema),
  },
  createWorkflow: {
    method: 'POST',
    path: '/workflows',
    role: 'editor',
    summary: 'Create a workflow, from a file or empty',
    body: z.object({ workflow: workflowSchema }),
    reply: workflowDetailSchema,
  },
  getWorkflow: {
    method: 'GET',
    path: '/workflows/:workflow',
    role: 'viewer',
    summary: 'The draft',
    reply: workflowDetailSchema,
  },
  saveWorkflow: {
    method: 'PUT',
    path: '/workflows/:workflow',
    role: 'editor',
    summary: 'Save the draft; `revision` is the one it was loaded with',
    body: z.object({ workflow: workflowSchema, revision: z.number() }),
    reply: workflowDetailSchema,
  },
  deleteWorkflow: {
    method: 'DELETE',
    path: '/workflows/:workflow',
    role: 'editor',
    summary: 'Delete a workflow; its runs are kept until their retention ends',
    reply: done,
  },
  copyWorkflow: {
    method: 'POST',
    path: '/workflows/:workflow/copy',
    role: 'editor',
    summary: 'Copy under another name; its imports begin with new cursors',
    body: z.object({ internalName: internalNameSchema, label: z.string().min(1).max(120) }),
    reply: workflowDetailSchema,
  },
  publishWorkflow: {
    method: 'POST',
    path: '/workflows/:workflow/publish',
    role: 'editor',
    summary: 'Freeze the draft as the version that schedules run',
    body: z.object({ revision: z.number(), note: z.string().max(1_000).optional() }),
    reply: workflowDetailSchema,
  },
  unpublishWorkflow: {
    method: 'POST',
    path: '/workflows/:workflow/unpublish',
    role: 'editor',
    summary: 'No version is published any more: schedules stop',
    reply: workflowDetailSchema,
  },
  listVersions: {
    method: 'GET',
    path: '/workflows/:workflow/versions',
    role: 'viewer',
    summary: 'All frozen versions, newest first',
    reply: z.array(versionSchema),
  },
  getVersion: {
    method: 'GET',
    path: '/workflows/:workflow/versions/:version',
    role: 'viewer',
    summary: 'One frozen version',
    reply: z.object({ version: versionSchema, workflow: workflowSchema }),
  },
  checkWorkflow: {
    method: 'POST',
    path: '/check',
    role: 'viewer',
    summary: 'The problems of a drawing, without saving it',
    body: z.object({ workflow: z.unknown() }),
    reply: z.object({ issues: z.array(issueSchema) }),
  },
  getWorkflowSchema: {
    method: 'GET',
    path: '/workflow.schema.json',
    role: 'viewer',
    summary: 'JSON schema of the workflow file',
    reply: z.record(z.string(), z.unknown()),
  },
  previewSchedule: {
    method: 'POST',
    path: '/schedule/preview',
    role: 'viewer',
    summary: 'The next ten instants of a schedule, as far as it is valid',
    body: planSchema.extend({ timeZone: z.string().max(64) }),
    reply: z.object({ instants: z.array(z.object({ at: iso, local: z.string() })), error: error.nullable() }),
  },

  // Runs
  startRun: {
    method: 'POST',
    path: '/workflows/:workflow/runs',
    role: 'operator',
    summary:
      'Start a run of the draft (editor) or of the published version: as a whole, up to a node, from a node with what came to it in another run, or as a simulation that writes nothing',
    body: z.object({
      which: z.enum(['draft', 'published']),
      /** Id of a node: nothing is done behind it, nor on ways that do not lead to it. */
      to: idSchema.optional(),
      from: z.object({ run: z.string().max(64), node: idSchema }).optional(),
      simulate: z.boolean().optional(),
    }),
    reply: runSummarySchema,
  },
  sendSignal: {
    method: 'POST',
    path: '/workflows/:workflow/signals/:signal',
    role: 'operator',
    summary: 'Send a signal: it is stored, then given to the task that has waited for it longest, or starts a run',
    body: z.object({
      parameters: z.record(z.string(), z.json()).optional(),
      /** false: the task takes its output and waits for more (default true). */
      complete: z.boolean().optional(),
    }),
    reply: z.object({ id: z.string(), state: z.literal('queued') }),
  },
  retrySignal: {
    method: 'POST',
    path: '/workflows/:workflow/signals/:signal/retry',
    role: 'operator',
    summary: 'Try a signal (by its id) again that could not start a run',
    reply: z.object({ id: z.string(), state: z.literal('queued') }),
  },
  listSignals: {
    method: 'GET',
    path: '/workflows/:workflow/signals',
    role: 'viewer',
    summary: 'Signals of the last 30 days, newest first, without their parameters',
    reply: z.array(signalSchema),
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    role: 'viewer',
    summary: 'Runs, newest first',
    query: z.object({
      workflow: z.string().optional(),
      state: runStateSchema.optional(),
      before: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).optional(),
    }),
    reply: z.array(runSummarySchema),
  },
  getRun: {
    method: 'GET',
    path: '/runs/:run',
    role: 'viewer',
    summary: 'A run with its frozen workflow and its tasks',
    reply: runDetailSchema,
  },
  stopRun: {
    method: 'POST',
    path: '/runs/:run/stop',
    role: 'operator',
    summary: 'Stop a run: tasks are asked to end, then fenced',
    reply: runSummarySchema,
  },
  killRun: {
    method: 'POST',
    path: '/runs/:run/kill',
    role: 'operator',
    summary: 'End a run at once, whatever its tasks do',
    reply: runSummarySchema,
  },
  wakeRun: {
    method: 'POST',
    path: '/runs/:run/wake',
    role: 'operator',
    summary: 'Execute what waits now',
    reply: runSummarySchema,
  },
  wakeNode: {
    method: 'POST',
    path: '/runs/:run/nodes/:node/wake',
    role: 'operator',
    summary: 'Execute what waits at one node now',
    reply: runSummarySchema,
  },
  decideTask: {
    method: 'POST',
    path: '/runs/:run/tasks/:task/decision',
    role: 'operator',
    summary: 'Answer what a task asks: it goes on with that',
    body: z.strictObject({ approved: z.boolean(), note: z.string().max(1_000).default('') }),
    reply: runSummarySchema,
  },
  pauseRun: {
    method: 'POST',
    path: '/runs/:run/pause',
    role: 'operator',
    summary: 'Start no further task of a run; what runs goes on to its end',
    reply: runSummarySchema,
  },
  resumeRun: {
    method: 'POST',
    path: '/runs/:run/resume',
    role: 'operator',
    summary: 'Let a paused run go on, also one that a node with "stop here" paused',
    reply: runSummarySchema,
  },
  restartRun: {
    method: 'POST',
    path: '/runs/:run/restart',
    role: 'operator',
    summary:
      'Stop a run and start the same version anew, with the same instance.vars (a draft: editor); gives the new run',
    reply: runSummarySchema,
  },
  retryRun: {
    method: 'POST',
    path: '/runs/:run/retry',
    role: 'operator',
    summary:
      'Let a run go on that failed, was stopped, or is in doubt no more since people have said what became of its records: what succeeded is not done again',
    reply: runSummarySchema,
  },
  listEvents: {
    method: 'GET',
    path: '/runs/:run/events',
    role: 'viewer',
    summary: 'What happened, in order',
    query: z.object({
      after: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(5_000).optional(),
    }),
    reply: z.array(runEventSchema),
  },
  streamEvents: {
    method: 'GET',
    path: '/events',
    role: 'viewer',
    summary:
      'Server-sent events: those of one run (`run`, continued by Last-Event-ID), and a nudge when any list changes',
    query: z.object({ run: z.string().optional(), after: z.coerce.number().int().optional() }),
    reply: z.unknown(),
    kind: 'events',
  },
  listRows: {
    method: 'GET',
    path: '/runs/:run/tasks/:task/:port/rows',
    role: 'viewer',
    summary: 'Rows behind a transition, paged, sorted, filtered, searched',
    query: rowsQuerySchema,
    reply: rowsSchema,
  },
  downloadRows: {
    method: 'GET',
    path: '/runs/:run/tasks/:task/:port/rows.:format',
    role: 'operator',
    summary: 'All rows behind a transition as csv or json',
    query: rowsQuerySchema.pick({ search: true, filter: true, sort: true, direction: true }).extend({
      /** A byte order mark at the start, by which Excel knows that a CSV file is UTF-8. */
      bom: z.stringbool().optional(),
    }),
    reply: z.unknown(),
    kind: 'file',
  },
  followRecord: {
    method: 'GET',
    path: '/runs/:run/records',
    role: 'operator',
    summary: 'The way of one identifying value through a run',
    query: z.object({ value: z.string().min(1).max(500) }),
    reply: z.array(
      z.object({
        taskId: z.string(),
        nodeId: z.string(),
        port: z.string(),
        id: z.number(),
        rid: z.string(),
        row: z.array(z.unknown()),
        columns: z.array(columnSchema),
      }),
    ),
  },

  // Exports
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

  // Sent states
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

  // Options
  listOptions: {
    method: 'GET',
    path: '/options',
    role: 'viewer',
    summary: 'All options',
    reply: z.array(optionSchema),
  },
  getOption: {
    method: 'GET',
    path: '/options/:option',
    role: 'viewer',
    summary: 'One option with the history of its changes',
    reply: optionSchema.extend({ history: z.array(optionChangeSchema) }),
  },
  setOption: {
    method: 'PUT',
    path: '/options/:option',
    role: 'editor',
    summary: 'Set an option; an import date must have its format',
    body: z.object({ value: z.string().max(10_000), expected: z.string().nullable().optional() }),
    reply: optionSchema,
  },
  moveOption: {
    method: 'POST',
    path: '/options/:option/move',
    role: 'editor',
    summary: 'Give the value of an option to a name that no option has yet, and delete the old one unless it is kept',
    body: z.object({ to: z.string().min(1).max(200), keep: z.boolean() }),
    reply: optionSchema,
  },
  deleteOption: {
    method: 'DELETE',
    path: '/options/:option',
    role: 'editor',
    summary: 'Delete an option: an import by it starts from the beginning',
    reply: done,
  },

  // Connections and what lies behind them
  listConnections: {
    method: 'GET',
    path: '/connections',
    role: 'viewer',
    summary: 'All connections, without secrets',
    reply: z.array(connectionSchema),
  },
  createConnection: {
    method: 'POST',
    path: '/connections',
    role: 'editor',
    summary: 'Create a connection',
    body: connectionBody,
    reply: connectionSchema,
  },
  updateConnection: {
    method: 'PUT',
    path: '/connections/:connection',
    role: 'editor',
    summary: 'Change a connection',
    body: connectionBody.omit({ name: true, kind: true }),
    reply: connectionSchema,
  },
  deleteConnection: {
    method: 'DELETE',
    path: '/connections/:connection',
    role: 'editor',
    summary: 'Delete a connection that no workflow uses',
    reply: done,
  },
  verifyConnection: {
    method: 'POST',
    path: '/connections/:connection/verify',
    role: 'editor',
    summary: 'Sign in and say who we are',
    reply: connectionSchema,
  },
  beginSignIn: {
    method: 'POST',
    path: '/connections/:connection/sign-in',
    role: 'editor',
    summary: "The address of the outside system's page where a person signs in for the connection",
    reply: z.object({ url: z.string() }),
  },
  finishSignIn: {
    method: 'POST',
    path: '/sign-ins',
    role: 'editor',
    summary: "Take what the outside system's page answered, sign in by it, and say who we are",
    body: z.object({
      /** The whole address of the page that the person came to, or only the code in it. */
      answer: z.string().min(1).max(8_000),
      /** Needed with a code alone. */
      connection: z.string().optional(),
    }),
    reply: connectionSchema,
  },
  makeCertificate: {
    method: 'POST',
    path: '/connections/:connection/certificate',
    role: 'editor',
    summary: 'The certificate to give to the outside system; a key is made and kept where there is none',
    reply: z.object({ certificate: z.string() }),
  },
  getCalls: {
    method: 'GET',
    path: '/connections/:connection/calls',
    role: 'viewer',
    summary: 'API calls of the last 24 hours: by the count of the outside system, by our own, and the budget',
    reply: z.object({
      /** As the outside system last said, for everybody who uses it. */
      told: z.object({ used: z.number(), allowed: z.number(), at: iso }).nullable(),
      /** Made by this instance, some of them only reserved. */
      ours: z.number(),
      budget: z.number().nullable(),
      whenSpent: z.enum(['wait', 'stop']),
      /** When a spent budget has room again. */
      roomAt: iso.nullable(),
    }),
  },
  listObjects: {
    method: 'GET',
    path: '/connections/:connection/objects',
    role: 'viewer',
    summary: 'Remote objects',
    query: z.object({ refresh: z.stringbool().optional() }),
    reply: z.array(remoteObjectSchema),
  },
  describeObject: {
    method: 'GET',
    path: '/connections/:connection/objects/:object',
    role: 'viewer',
    summary: 'Fields of a remote object',
    query: z.object({ refresh: z.stringbool().optional() }),
    reply: remoteObjectSchema.extend({
      idField: z.string(),
      fields: z.array(remoteFieldSchema),
      indexFields: z.array(z.string()),
      stampField: z.string().optional(),
      recommendedIndexField: z.object({ name: z.string(), reason: z.string() }).optional(),
      operators: z.array(z.string()),
    }),
  },
  previewRead: {
    method: 'POST',
    path: '/connections/:connection/preview',
    role: 'operator',
    summary: 'The query a filter becomes, its count, and its first 20 records',
    body: z.object({
      object: z.string(),
      fields: z.array(z.string()).max(500),
      filter: filterGroupSchema,
      orderBy: z
        .array(z.object({ field: z.string(), direction: z.enum(['asc', 'desc']) }))
        .max(10)
        .optional(),
      /** Also deleted, archived and merged records. */
      everything: z.boolean().optional(),
      /** Only what changed by that field, from there (ISO, included; null: ever) up to the CRM's now. */
      since: z.object({ field: z.string(), from: z.iso.datetime().nullable() }).optional(),
      vars: z.record(z.string(), z.json()).optional(),
    }),
    reply: z.object({
      query: z.string(),
      count: z.number(),
      columns: z.array(columnSchema),
      rows: z.array(z.array(z.unknown())),
      error: error.nullable(),
    }),
  },

  // Alarms
  listAlarms: {
    method: 'GET',
    path: '/alarms',
    role: 'viewer',
    summary: 'Alarms with their last messages: those that are raised first',
    query: z.object({ workflow: z.string().optional(), state: z.enum(['raised', 'cleared']).optional() }),
    reply: z.array(alarmSchema),
  },
  acknowledgeAlarm: {
    method: 'POST',
    path: '/alarms/:alarm/acknowledge',
    role: 'operator',
    summary: 'Say that somebody looks after it; it stays raised until it is over',
    reply: alarmSchema,
  },
  getAlarmRecipients: {
    method: 'GET',
    path: '/alarm-recipients',
    role: 'viewer',
    summary: 'Who hears of alarms where a workflow names nobody',
    reply: z.array(recipientSchema),
  },
  setAlarmRecipients: {
    method: 'PUT',
    path: '/alarm-recipients',
    role: 'admin',
    summary: 'Set who hears of alarms where a workflow names nobody',
    body: z.object({ recipients: z.array(recipientSchema).max(20) }),
    reply: z.array(recipientSchema),
  },
  testAlarm: {
    method: 'POST',
    path: '/alarm-recipients/test',
    role: 'operator',
    summary: 'Send a test message now and say what came of it',
    body: recipientSchema,
    reply: z.object({ ok: z.boolean(), message: z.string() }),
  },

  // Keeping
  getStorage: {
    method: 'GET',
    path: '/storage',
    role: 'viewer',
    summary: 'What is stored, in bytes: control data, local data, rows of runs; free disk and its floor',
    reply: storageSchema,
  },
  purgeRun: {
    method: 'POST',
    path: '/runs/:run/purge',
    role: 'operator',
    summary: 'Give up the rows of an ended run now; the run itself stays in the list',
    reply: done,
  },

  confirmRestore: {
    method: 'POST',
    path: '/restore/confirm',
    role: 'admin',
    summary: 'Let an instance work that was restored from a backup',
    reply: done,
  },

  // Local data
  listLocalTables: {
    method: 'GET',
    path: '/local-tables',
    role: 'viewer',
    summary: 'Tables of local data',
    reply: z.array(localTableSchema),
  },
  listLocalRows: {
    method: 'GET',
    path: '/local-tables/:table/rows',
    role: 'viewer',
    summary: 'Rows of a local table',
    query: rowsQuerySchema,
    reply: rowsSchema,
  },
  deleteLocalTable: {
    method: 'DELETE',
    path: '/local-tables/:table',
    role: 'admin',
    summary: 'Drop a local table with its rows',
    reply: done,
  },

  getOpenApi: {
    method: 'GET',
    path: '/openapi.json',
    role: 'public',
    summary: 'This list as OpenAPI 3.1',
    reply: z.record(z.string(), z.unknown()),
  },
});

export type Api = typeof api;
export type EndpointName = keyof Api;
export type Reply<N extends EndpointName> = z.infer<Api[N]['reply']>;
export type Body<N extends EndpointName> = Api[N] extends { body: z.ZodType } ? z.input<Api[N]['body']> : undefined;
export type Query<N extends EndpointName> = Api[N] extends { query: z.ZodType } ? z.input<Api[N]['query']> : undefined;

/** "/workflows/:workflow/runs" → "/workflows/contacts/runs"; values are percent-encoded. */
export function endpointPath(path: string, params: Record<string, string> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}
