/** Endpoints of options. */
import { z } from 'zod';
import { done, type Endpoint, iso } from './endpoint.ts';

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

export const optionsEndpoints = {
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
} as const satisfies Record<string, Endpoint>;
