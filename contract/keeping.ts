/** How long and how much is kept of ended runs. */
import { z } from 'zod';

/** What is left out has no limit of its own: the instance's counts. */
export const keepSchema = z.strictObject({
  /** Days after which an ended run goes, with its rows. */
  days: z.number().int().min(1).max(36_500).optional(),
  /** Megabytes of rows of all runs together; above it the rows of the oldest ended runs go. */
  megabytes: z.number().int().min(1).max(100_000_000).optional(),
  /** Work tables of all runs together. */
  tables: z.number().int().min(1).max(10_000_000).optional(),
  /** Days after the end of its run for which an export can be looked at and undone. Its tables stay so long, whatever the rest of the run does. */
  exportDays: z.number().int().min(1).max(36_500).optional(),
});
export type Keep = z.infer<typeof keepSchema>;
