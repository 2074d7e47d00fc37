import { Button } from '@mantine/core';
import { type ComponentType, lazy } from 'react';
import { createBrowserRouter, Link, Navigate, type RouteObject } from 'react-router';
import { AppShell } from './shell/AppShell.tsx';
import { RouteError } from './shell/ErrorBoundary.tsx';
import { EmptyView } from './shell/PageStates.tsx';
import { RequireSession } from './shell/RequireSession.tsx';
import { t } from './texts/t.ts';

const pages = import.meta.glob<Record<string, ComponentType>>('./pages/*Page.tsx');

/** A page by the name of its file and export; loaded when it is first opened. */
function page(name: string) {
  const load = pages[`./pages/${name}.tsx`];
  if (!load) return <MissingPage />;
  const Page = lazy(async () => ({ default: (await load())[name] ?? MissingPage }));
  return <Page />;
}

function MissingPage() {
  return (
    <EmptyView title={t('page.missing')}>
      <Button component={Link} to="/workflows">
        {t('page.missingAction')}
      </Button>
    </EmptyView>
  );
}

const inside: RouteObject[] = [
  { index: true, element: <Navigate to="/workflows" replace /> },
  { path: 'workflows', element: page('WorkflowsPage') },
  { path: 'workflows/:workflow', element: page('EditorPage') },
  { path: 'workflows/:workflow/versions/:version', element: page('VersionPage') },
  { path: 'runs', element: page('RunsPage') },
  { path: 'runs/:run', element: page('RunPage') },
  { path: 'exports', element: page('ExportsPage') },
  { path: 'exports/:export', element: page('ExportPage') },
  { path: 'alarms', element: page('AlarmsPage') },
  { path: 'data', element: page('DataPage') },
  { path: 'data/:table', element: page('DataPage') },
  { path: 'connections', element: page('ConnectionsPage') },
  { path: 'connections/:connection', element: page('ConnectionsPage') },
  { path: 'oauth/callback', element: page('CallbackPage') },
  { path: 'options', element: page('OptionsPage') },
  { path: 'options/:option', element: page('OptionsPage') },
  { path: 'administration', element: page('AdministrationPage') },
  { path: 'administration/:section', element: page('AdministrationPage') },
  { path: '*', element: <MissingPage /> },
];

export function createRoutes() {
  return createBrowserRouter([
    { path: '/sign-in', element: page('SignInPage'), errorElement: <RouteError /> },
    {
      element: <RequireSession />,
      errorElement: <RouteError />,
      children: [{ element: <AppShell />, errorElement: <RouteError />, children: inside }],
    },
  ]);
}
