/** Pages of rows, of runs and of local tables. */
import { z } from 'zod';
import { columnSchema } from '../types.ts';

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

export const rowsSchema = z.object({
  columns: z.array(columnSchema),
  rows: z.array(z.array(z.unknown())),
  ids: z.array(z.number()),
  cursor: z.string().nullable(),
  /** Rows that pass search and filter. */ matching: z.number(),
  total: z.number(),
});
