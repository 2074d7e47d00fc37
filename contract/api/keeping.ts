/** Endpoints of what is stored and of restoring. */
import { z } from 'zod';
import { runStateSchema } from '../run.ts';
import { done, type Endpoint, iso } from './endpoint.ts';

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

export const keepingEndpoints = {
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
} as const satisfies Record<string, Endpoint>;
