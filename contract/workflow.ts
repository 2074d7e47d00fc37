/**
 * The workflow: what a person draws, what a file in git holds, what a run freezes.
 *
 * - workflow: the graph; `internalName` is unique in an instance and never changes
 * - node: one step; its `name` is the activityName in templates, its `id` never changes
 * - transition: an arrow from an output port of a node to a node
 * - a port without a transition is an unterminated transition: drawn, not forbidden
 */
import { z } from 'zod';
import { recipientSchema } from './alarm.ts';
import { keepSchema } from './keeping.ts';
import type { Json } from './types.ts';
import { canonicalJson } from './types.ts';

export const formatVersion = 1;

export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'use letters, digits, "_" or "-", at most 64');
/** Also a JavaScript identifier, so that names can stand in templates and option names. */
export const internalNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'start with a letter, then letters, digits or "_", at most 64');
/** IANA zone; empty means "as the level above": node → workflow → instance. */
export const timeZoneSchema = z
  .string()
  .refine((zone) => zone === '' || isTimeZone(zone), 'is not an IANA time zone such as Europe/Paris');

export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const retryPolicySchema = z.strictObject({
  /** Attempts in all, the first included. */
  attempts: z.number().int().min(1).max(20),
  /** Milliseconds before the second attempt; doubled each time, at most `maxDelay`. */
  delay: z.number().int().min(0).max(3_600_000),
  maxDelay: z.number().int().min(0).max(86_400_000),
  /** Share by which a pause may be longer, at random, so that what was refused together does not come back together (default 0.2). */
  jitter: z.number().min(0).max(1).optional(),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;
export const defaultRetry: RetryPolicy = { attempts: 3, delay: 2_000, maxDelay: 60_000 };

export const workflowNodeSchema = z.strictObject({
  id: idSchema,
  type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  name: internalNameSchema,
  label: z.string().min(1).max(120),
  x: z.number(),
  y: z.number(),
  config: z.record(z.string(), z.json()),
  /** disabled: the branch stops here. stop: the run pauses before this node. */
  execution: z.enum(['enabled', 'disabled', 'stop']).optional(),
  /** transition: an Error port appears. ignore: the branch ends, the run goes on. */
  onError: z.enum(['fail', 'ignore', 'transition']).optional(),
  retry: retryPolicySchema.optional(),
  /** Seconds; the task is really ended. */
  timeLimit: z.number().int().min(1).max(604_800).optional(),
  timeZone: timeZoneSchema.optional(),
  /** JavaScript run before the task; may change `vars`. */
  initScript: z.string().max(100_000).optional(),
  comment: z.string().max(4_000).optional(),
});
export type WorkflowNode = z.infer<typeof workflowNodeSchema>;

export const transitionSchema = z.strictObject({
  id: idSchema,
  from: idSchema,
  port: z.string().min(1).max(64),
  to: idSchema,
});
export type Transition = z.infer<typeof transitionSchema>;

export const noteSchema = z.strictObject({
  id: idSchema,
  x: z.number(),
  y: z.number(),
  width: z.number().min(60).max(2_000),
  height: z.number().min(30).max(2_000),
  text: z.string().max(10_000),
});
export type Note = z.infer<typeof noteSchema>;

export const workflowSettingsSchema = z.strictObject({
  timeZone: timeZoneSchema.optional(),
  /** What a start does while a run is active: not at all, one more waits, or beside it. */
  concurrency: z.enum(['skip', 'queue', 'parallel']).optional(),
  /** Which runs come first when more tasks are due than the engine takes on at once. */
  priority: z.enum(['high', 'normal', 'low']).optional(),
  /** How many errors in a row a node with "ignore" may have before they fail the run, counted across scheduled runs; left out or 0: any number. */
  consecutiveErrors: z.number().int().min(0).max(1_000).optional(),
  /** How often one node may be reached in one run. */
  loopBound: z.number().int().min(1).max(10_000).optional(),
  /** Local table, columns and so on that drive warnings when rejects pass this share of rows (0 to 1). */
  rejectWarning: z.number().min(0).max(1).optional(),
  /** The same as a number of rows. */
  rejectLimit: z.number().int().min(0).max(1_000_000_000).optional(),
  /** Minutes that a run may wait; then an alarm is raised. */
  waitWarning: z.number().int().min(1).max(525_600).optional(),
  /** Who hears of alarms; left out: whom the instance names. */
  alarmRecipients: z.array(recipientSchema).max(20).optional(),
  keep: keepSchema.optional(),
});
export type WorkflowSettings = z.infer<typeof workflowSettingsSchema>;
export const defaultLoopBound = 10;

export const workflowSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  internalName: internalNameSchema,
  label: z.string().min(1).max(120),
  description: z.string().max(10_000).optional(),
  settings: workflowSettingsSchema.optional(),
  nodes: z.array(workflowNodeSchema).max(5_000),
  transitions: z.array(transitionSchema).max(20_000),
  notes: z.array(noteSchema).max(1_000).optional(),
});
export type Workflow = z.infer<typeof workflowSchema>;

/** The text of a workflow file: sorted keys, nodes and transitions by id, two spaces, a line break at the end. The same graph gives the same bytes. */
export function serializeWorkflow(workflow: Workflow): string {
  const byId = <T extends { id: string }>(items: T[]): T[] =>
    [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const ordered = {
    ...workflow,
    nodes: byId(workflow.nodes),
    transitions: byId(workflow.transitions),
    ...(workflow.notes ? { notes: byId(workflow.notes) } : {}),
  };
  return `${JSON.stringify(JSON.parse(canonicalJson(ordered as Json)), null, 2)}\n`;
}

/** Two drawings are the same if their files are. */
export function sameWorkflow(a: Workflow, b: Workflow): boolean {
  return serializeWorkflow(a) === serializeWorkflow(b);
}

/** The JSON schema of the workflow file, for editors and for `syncline validate`. */
export function workflowJsonSchema(): Record<string, unknown> {
  return { title: 'Syncline workflow', ...z.toJSONSchema(workflowSchema, { unrepresentable: 'any' }) };
}
