/** Endpoints of workflows: drafts, versions, files. */
import { z } from 'zod';
import { runStateSchema } from '../run.ts';
import { planSchema } from '../schedule.ts';
import { internalNameSchema, workflowSchema } from '../workflow.ts';
import { done, type Endpoint, error, iso } from './endpoint.ts';

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

export const workflowsEndpoints = {
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
} as const satisfies Record<string, Endpoint>;
