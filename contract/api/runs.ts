/** Endpoints of runs, their tasks, events and rows, and of signals. */
import { z } from 'zod';
import { runStateSchema, taskStates } from '../run.ts';
import { columnSchema } from '../types.ts';
import { idSchema, workflowSchema } from '../workflow.ts';
import { type Endpoint, error, iso } from './endpoint.ts';
import { rowsQuerySchema, rowsSchema } from './rows.ts';

const originSchema = z.object({
  kind: z.enum(['manual', 'schedule', 'api', 'cli', 'webhook', 'workflow']),
  by: z.string(),
  instant: iso.optional(),
  /** The run that has called this one. */ run: z.string().optional(),
  /** What it undoes or repeats. */ export: z
    .object({ id: z.string(), purpose: z.enum(['undo', 'requeue']) })
    .optional(),
});

export const runSummarySchema = z.object({
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
  /** queued: nothing has taken it yet. failed: it could not start a run, `error` says why. dismissed: by a person. */
  state: z.enum(['queued', 'taken', 'failed', 'dismissed']),
  by: z.string(),
  receivedAt: iso,
  takenAt: iso.nullable(),
  runId: z.string().nullable(),
  error: error.nullable(),
});

const waitingSchema = z.object({
  /** Of the webhook. */
  path: z.string(),
  /** null: it is not published any more. */
  nodeId: z.string().nullable(),
  calls: z.number(),
  /** Received, and no run has brought them to its end: none has taken them, or the one that has goes on or did not succeed. */
  events: z.number(),
  /** When the oldest of them came; null: none waits. */
  oldestAt: iso.nullable(),
  oldestSeconds: z.number(),
  /** The run that has taken the oldest. */
  runId: z.string().nullable(),
  /** Those of them that go no further until a person acts. */
  stuck: z.object({
    /** Taken by a run that failed, was stopped or is in doubt; `run` is the last of these. */
    left: z.object({ events: z.number(), run: z.string().nullable() }),
    /** No run could be started for them. */
    failed: z.number(),
    /** Their path is not published, or the node of it is gone. */
    closed: z.number(),
  }),
  /** Minutes after which an alarm is raised; null: never. */
  lateAfter: z.number().nullable(),
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

export const runsEndpoints = {
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
  listWaitingEvents: {
    method: 'GET',
    path: '/workflows/:workflow/waiting',
    role: 'viewer',
    summary: 'How many events that came by its webhooks are not through, and for how long the oldest has waited',
    reply: z.array(waitingSchema),
  },
  retryEvents: {
    method: 'POST',
    path: '/workflows/:workflow/waiting/:hook/retry',
    role: 'operator',
    summary:
      'Deliver the events of a webhook (by its path) again that no run has brought to a good end: the version that is published now takes them',
    reply: z.object({ calls: z.number() }),
  },
  dismissEvents: {
    method: 'POST',
    path: '/workflows/:workflow/waiting/:hook/dismiss',
    role: 'operator',
    summary:
      'Give up the events of a webhook (by its path) that go no further by themselves: they wait no more, and may be sent again',
    reply: z.object({ calls: z.number() }),
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
} as const satisfies Record<string, Endpoint>;
