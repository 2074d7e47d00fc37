/** Endpoints of connections and what lies behind them. */
import { z } from 'zod';
import { filterGroupSchema } from '../filter.ts';
import { columnSchema } from '../types.ts';
import { internalNameSchema } from '../workflow.ts';
import { done, type Endpoint, error, iso } from './endpoint.ts';

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
  tracksChanges: z.boolean().optional(),
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

const extensionEntrySchema = z.object({
  key: z.string(),
  name: z.string(),
  /** Names of the folders it lies in; empty where they are not told. */ folder: z.string(),
});

const extensionSchema = z.object({
  key: z.string(),
  name: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      remoteType: z.string(),
      length: z.number().optional(),
      type: columnSchema.shape.type,
      key: z.boolean(),
      required: z.boolean(),
    }),
  ),
  rows: z.number().nullable(),
  /** What a new column is made as, by the type of its values. */
  created: z.record(columnSchema.shape.type, z.string()),
});

export const connectionsEndpoints = {
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
  listExtensions: {
    method: 'GET',
    path: '/connections/:connection/extensions',
    role: 'viewer',
    summary: 'Data extensions of Marketing Cloud',
    query: z.object({ refresh: z.stringbool().optional() }),
    reply: z.array(extensionEntrySchema),
  },
  describeExtension: {
    method: 'GET',
    path: '/connections/:connection/extensions/:extension',
    role: 'viewer',
    summary: 'Columns of a data extension, and how many rows it holds',
    query: z.object({ refresh: z.stringbool().optional() }),
    reply: extensionSchema,
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
} as const satisfies Record<string, Endpoint>;
