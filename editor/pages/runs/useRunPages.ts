import { useInfiniteQuery } from '@tanstack/react-query';
import type { Query, Reply } from '../../../contract/api.ts';
import type { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';

export type Run = Reply<'listRuns'>[number];
type Filter = Pick<NonNullable<Query<'listRuns'>>, 'workflow' | 'state'>;

const pageSize = 50;

/** Runs, newest first, page by page. The key begins with the endpoint's name, so that nudges refresh what is loaded. */
export function useRunPages(filter: Filter) {
  const pages = useInfiniteQuery<Run[], ApiError, { pages: Run[][] }, readonly unknown[], string | undefined>({
    queryKey: ['listRuns', 'pages', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: pageSize, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call('listRuns', { query, signal });
    },
    initialPageParam: undefined,
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.id),
    placeholderData: (previous) => previous,
  });
  return {
    ...pages,
    data: pages.data?.pages.flat(),
    older: pages.hasNextPage ? () => void pages.fetchNextPage() : null,
  };
}
