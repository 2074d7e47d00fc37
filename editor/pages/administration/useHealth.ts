import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { type ApiError, replyError, unreachable } from '../../api/apiError.ts';

const healthSchema = z.object({
  ok: z.boolean(),
  database: z.enum(['ok', 'unreachable']),
  engine: z.enum(['ok', 'stale', 'none']),
  /** Milliseconds since the engine's last heartbeat; null without an engine. */
  heartbeatAgeMs: z.number().nullable(),
});
export type Health = z.infer<typeof healthSchema>;

const everyMs = 5_000;

/** `/healthz`, which stands beside the interface: read again every five seconds while it is on the page. */
export function useHealth(): UseQueryResult<Health, ApiError> {
  return useQuery({ queryKey: ['health'], queryFn: ({ signal }) => readHealth(signal), refetchInterval: everyMs });
}

/** An instance that is not well answers 503, with the same body. */
async function readHealth(signal: AbortSignal): Promise<Health> {
  const response = await fetch('/healthz', { signal }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw unreachable();
  });
  const parsed = healthSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw replyError(response.status, null);
  return parsed.data;
}
