/** Endpoints of users, sessions, tokens and the audit trail. */
import { z } from 'zod';
import { done, type Endpoint, iso, page, roleSchema } from './endpoint.ts';

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

const auditSchema = z.object({
  id: z.number(),
  at: iso,
  by: z.string(),
  action: z.string(),
  subject: z.string(),
  old: z.unknown(),
  new: z.unknown(),
});

export const accessEndpoints = {
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
} as const satisfies Record<string, Endpoint>;
