import { useInfiniteQuery } from '@tanstack/react-query';
import type { Reply } from '../../../contract/api.ts';
import type { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';

export type AuditEntry = Reply<'listAudit'>[number];

const pageSize = 100;

/** The audit trail, newest first, page by page; an empty subject means all. */
export function useAuditPages(subject: string) {
  const pages = useInfiniteQuery<AuditEntry[], ApiError, { pages: AuditEntry[][] }, readonly unknown[], number | null>({
    queryKey: ['listAudit', 'pages', subject],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        limit: pageSize,
        ...(subject === '' ? {} : { subject }),
        ...(pageParam === null ? {} : { before: pageParam }),
      };
      return call('listAudit', { query, signal });
    },
    initialPageParam: null,
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.id),
    placeholderData: (previous) => previous,
  });
  return {
    ...pages,
    data: pages.data?.pages.flat(),
    older: pages.hasNextPage ? () => void pages.fetchNextPage() : null,
  };
}
