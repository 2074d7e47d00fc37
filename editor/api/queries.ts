/** React Query over the typed client. A query's key begins with the endpoint's name, so that a nudge can refresh it. */
import {
  keepPreviousData,
  QueryClient,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { EndpointName, Reply } from '../../contract/api.ts';
import { ApiError } from './apiError.ts';
import { type CallInput, callWith } from './call.ts';

export function createQueryClient(): QueryClient {
  const mayHelp = (error: unknown): boolean =>
    error instanceof ApiError && (error.status === 0 || error.status === 503);
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 10_000, retry: (count, error) => count < 2 && mayHelp(error), refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

export interface QueryOptions {
  enabled?: boolean;
  /** Milliseconds for which an answer counts as fresh. */
  staleTime?: number;
  /** Milliseconds after which it is asked again while it is on screen: for what changes without a nudge. */
  every?: number;
  /** Keep showing the last answer while another one is on its way. */
  keepPrevious?: boolean;
}
type QueryInput<N extends EndpointName> = Pick<CallInput<N>, 'params'> & { query?: CallInput<N>['query'] };

export function queryKey<N extends EndpointName>(name: N, input: QueryInput<N> = {}): readonly unknown[] {
  return [name, input.params ?? {}, input.query ?? {}];
}

/** Reads an endpoint: `useApi('listRuns', { query: { workflow } })`. */
export function useApi<N extends EndpointName>(
  name: N,
  input: QueryInput<N> = {},
  options: QueryOptions = {},
): UseQueryResult<Reply<N>, ApiError> {
  const query: UseQueryOptions<Reply<N>, ApiError> = {
    queryKey: queryKey(name, input),
    queryFn: ({ signal }) => callWith(name, { ...input, signal } as CallInput<N>),
  };
  if (options.enabled !== undefined) query.enabled = options.enabled;
  if (options.staleTime !== undefined) query.staleTime = options.staleTime;
  if (options.every !== undefined) query.refetchInterval = options.every;
  if (options.keepPrevious) query.placeholderData = keepPreviousData as NonNullable<typeof query.placeholderData>;
  return useQuery(query);
}

/** Changes something: `useChange('stopRun', ['listRuns'])`; the named queries are read again afterwards. */
export function useChange<N extends EndpointName>(
  name: N,
  refresh: readonly EndpointName[] = [],
): UseMutationResult<Reply<N>, ApiError, CallInput<N>> {
  const client = useQueryClient();
  return useMutation<Reply<N>, ApiError, CallInput<N>>({
    mutationFn: (input) => callWith(name, input),
    onSuccess: () => refreshQueries(client, refresh),
  });
}

/** Marks answers of endpoints as old; those on screen are read again. */
export async function refreshQueries(client: QueryClient, names: readonly EndpointName[]): Promise<void> {
  await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })));
}
