import { Suspense } from 'react';
import { Outlet, useMatch } from 'react-router';
import classes from './AppShell.module.css';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import { HeldBanner } from './HeldBanner.tsx';
import { Navigation } from './Navigation.tsx';
import { LoadingView } from './PageStates.tsx';

/** Navigation at the left, the page beside it. In the editor of a workflow the navigation shows icons only. */
export function AppShell() {
  const drawing = useMatch('/workflows/:workflow/*') !== null;
  const watching = useMatch('/runs/:run') !== null;
  return (
    <div className={classes.shell}>
      <ConnectionBanner />
      <HeldBanner />
      <div className={classes.columns}>
        <Navigation narrow={drawing || watching} />
        <main className={classes.page}>
          <Suspense fallback={<LoadingView />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  );
}
