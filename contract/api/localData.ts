/** Endpoints of local tables, and this list itself. */
import { z } from 'zod';
import { columnSchema } from '../types.ts';
import { done, type Endpoint } from './endpoint.ts';
import { rowsQuerySchema, rowsSchema } from './rows.ts';

const localTableSchema = z.object({
  name: z.string(),
  columns: z.array(columnSchema),
  key: z.array(z.string()),
  rows: z.number(),
});

export const localDataEndpoints = {
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
} as const satisfies Record<string, Endpoint>;
