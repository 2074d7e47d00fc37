/** What an endpoint is, who may call it, and what several of them say. */
import { z } from 'zod';

export const roles = ['viewer', 'operator', 'editor', 'admin'] as const;

export type Role = (typeof roles)[number];

export const roleSchema = z.enum(roles);

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

export const iso = z.string();

export const error = z.object({
  code: z.string(),
  message: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  issues: z.array(z.unknown()).optional(),
});

export const done = z.object({ ok: z.literal(true) });

export const page = z.object({
  before: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});
