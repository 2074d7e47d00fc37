import type { ReactNode } from 'react';
import { FailureView, LoadingView } from '../../shell/PageStates.tsx';
import { StaleNotice } from './StaleNotice.tsx';

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  refetch(): unknown;
}

/** What a query gave: loading, failed, or its data. Data that could not be refreshed stay, and are said to be old. */
export function QueryView<T>({ query, children }: { query: Query<T>; children(data: T): ReactNode }) {
  const { data, error } = query;
  const retry = () => void query.refetch();
  if (data === undefined) return error ? <FailureView error={error} onRetry={retry} /> : <LoadingView />;
  return (
    <>
      {error && <StaleNotice error={error} onRetry={retry} />}
      {children(data)}
    </>
  );
}
