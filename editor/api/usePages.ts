import { useInfiniteQuery } from '@tanstack/react-query';
import type { Query, Reply } from '../../contract/api.ts';
import type { ApiError } from './apiError.ts';
import { type CallInput, callWith } from './call.ts';

/** Endpoints that give a list from its newest entry back, one page before another. */
type PagedName = 'listRuns' | 'listExports' | 'listAudit';
export type Listed<N extends PagedName> = Reply<N>[number];
type Filter<N extends PagedName> = Omit<NonNullable<Query<N>>, 'before' | 'limit'>;

/** What such an endpoint lists, newest first, page by page. The key begins with the endpoint's name, so that nudges refresh what is loaded. */
export function usePages<N extends PagedName>(name: N, filter: Filter<N>, limit = 50) {
  const pages = useInfiniteQuery<
    Listed<N>[],
    ApiError,
    { pages: Listed<N>[][] },
    readonly unknown[],
    Listed<N>['id'] | undefined
  >({
    queryKey: [name, 'pages', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return callWith(name, { query, signal } as unknown as CallInput<N>);
    },
    initialPageParam: undefined,
    getNextPageParam: (last) => (last.length < limit ? undefined : last.at(-1)?.id),
    placeholderData: (previous) => previous,
  });
  return {
    ...pages,
    data: pages.data?.pages.flat(),
    older: pages.hasNextPage ? () => void pages.fetchNextPage() : null,
  };
}

export type Pages<N extends PagedName> = ReturnType<typeof usePages<N>>;
