import { Navigate, Outlet, useLocation } from 'react-router';
import { useApi } from '../api/queries.ts';
import { FailureView, LoadingView } from './PageStates.tsx';
import { SessionContext } from './SessionContext.tsx';

/** Everything but the sign-in page: who is not signed in is sent there and comes back afterwards. */
export function RequireSession() {
  const session = useApi('getSession', {}, { staleTime: 60_000 });
  const location = useLocation();
  if (session.error?.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    return <Navigate to={`/sign-in?next=${next}`} replace />;
  }
  // A server that does not answer for a while takes nothing from the page: the banner says so.
  if (session.data) {
    return (
      <SessionContext value={session.data}>
        <Outlet />
      </SessionContext>
    );
  }
  if (session.error) return <FailureView error={session.error} onRetry={() => void session.refetch()} />;
  return <LoadingView />;
}
