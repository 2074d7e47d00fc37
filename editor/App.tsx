import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { NudgeRefresh } from './api/NudgeRefresh.tsx';
import { createQueryClient } from './api/queries.ts';
import { createRoutes } from './routes.tsx';
import { cssVariables, theme } from './theme/theme.ts';

const queryClient = createQueryClient();
const router = createRoutes();

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queryClient}>
        <NudgeRefresh />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
