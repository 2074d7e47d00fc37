import { useInfiniteQuery } from '@tanstack/react-query';
import type { Query } from '../../../contract/api.ts';
import type { ExportSummary } from '../../../contract/exports.ts';
import type { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';

type Filter = Pick<NonNullable<Query<'listExports'>>, 'workflow' | 'stage' | 'open'>;

const pageSize = 50;

/** Exports, newest first, page by page. The key begins with the endpoint's name, so that nudges refresh what is loaded. */
export function useExportPages(filter: Filter) {
  const pages = useInfiniteQuery<
    ExportSummary[],
    ApiError,
    { pages: ExportSummary[][] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: ['listExports', 'pages', filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, limit: pageSize, ...(pageParam === undefined ? {} : { before: pageParam }) };
      return call('listExports', { query, signal });
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
