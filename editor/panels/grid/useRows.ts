import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { FilterOperator } from '../../../contract/filter.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { ApiError } from '../../api/apiError.ts';
import type { RowsPage, RowsQuery, RowsSource } from './rowsSource.ts';

export interface ColumnFilter {
  column: string;
  operator: FilterOperator;
  value: Cell;
}
export interface Sorting {
  column: string;
  direction: 'asc' | 'desc';
}

const pageSize = 200;

/** Rows of a source that hold the text searched for, page by page, with sort and filters. */
export function useRows(source: RowsSource, search: string) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [filters, setFilters] = useState<readonly ColumnFilter[]>([]);
  const query = useMemo(() => rowsQuery(sorting, filters, search), [sorting, filters, search]);
  const pages = useInfiniteQuery<RowsPage, ApiError, { pages: RowsPage[] }, readonly unknown[], string | undefined>({
    queryKey: ['rows', source.key, query],
    queryFn: ({ pageParam, signal }) =>
      source.load({ ...query, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
    placeholderData: (previous) => previous,
    staleTime: 30_000,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.rows) ?? [], [pages.data]);
  const first = pages.data?.pages[0];
  return {
    columns: (first?.columns ?? []) as Column[],
    rows,
    total: first?.total ?? 0,
    matching: first?.matching ?? 0,
    narrowed: search !== '' || filters.length > 0,
    query,
    loading: pages.isPending,
    fetching: pages.isFetching,
    error: pages.error,
    retry: () => void pages.refetch(),
    more: () => {
      if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    },
    sorting,
    setSorting,
    filters,
    setFilters,
  };
}

export type Rows = ReturnType<typeof useRows>;

function rowsQuery(sorting: Sorting | null, filters: readonly ColumnFilter[], search: string): RowsQuery {
  return {
    ...(sorting ? { sort: sorting.column, direction: sorting.direction } : {}),
    ...(filters.length > 0 ? { filter: JSON.stringify(filters) } : {}),
    ...(search === '' ? {} : { search }),
  };
}

/** ascending → descending → as it came. */
export function nextSorting(current: Sorting | null, column: string): Sorting | null {
  if (current?.column !== column) return { column, direction: 'asc' };
  return current.direction === 'asc' ? { column, direction: 'desc' } : null;
}
