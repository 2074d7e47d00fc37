import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Reply } from '../../../contract/api.ts';
import type { ExportDetail } from '../../../contract/exports.ts';
import type { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import type { RecordQuery } from './useRecordFilters.ts';

type Page = Reply<'listExportRecords'>;

const pageSize = 200;

/** The records of an export that fit the filters, page by page, and again whenever something has become of them. */
export function useRecords({ id, updatedAt, stage }: ExportDetail, query: RecordQuery) {
  const pages = useInfiniteQuery<Page, ApiError, { pages: Page[] }, readonly unknown[], string | undefined>({
    queryKey: ['listExportRecords', id, query],
    queryFn: ({ pageParam, signal }) =>
      call('listExportRecords', {
        params: { export: id },
        query: { ...query, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
    placeholderData: (previous) => previous,
  });
  useFreshPages(id, `${stage} ${updatedAt}`);
  const records = useMemo(() => pages.data?.pages.flatMap((page) => page.records) ?? [], [pages.data]);
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  return {
    data: pages.data && records,
    error: pages.error,
    refetch: pages.refetch,
    matching: pages.data?.pages[0]?.matching ?? 0,
    more: () => {
      if (hasNextPage && !isFetching) void fetchNextPage();
    },
  };
}

/** While it is sent its words come quickly: one reading ends before the next begins. */
function useFreshPages(id: string, version: string): void {
  const client = useQueryClient();
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    void client.invalidateQueries({ queryKey: ['listExportRecords', id] }, { cancelRefetch: false });
  }, [client, id, version]);
}
