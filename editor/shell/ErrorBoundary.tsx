import { Button, Code, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useRouteError } from 'react-router';
import { t } from '../texts/t.ts';

/** Keeps a failure in one part of the page from taking the rest with it. `resetKey`: a new value tries again. */
export class ErrorBoundary extends Component<
  { children: ReactNode; resetKey?: string },
  { error: unknown; key?: string }
> {
  override state: { error: unknown; key?: string } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps(props: { resetKey?: string }, state: { error: unknown; key?: string }) {
    return state.key === props.resetKey ? null : { error: null, key: props.resetKey };
  }

  override render() {
    return this.state.error === null ? this.props.children : <BrokenView error={this.state.error} />;
  }
}

/** For routes: React Router hands the error over by a hook. */
export function RouteError() {
  return <BrokenView error={useRouteError()} />;
}

function BrokenView({ error }: { error: unknown }) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    <Stack p="xl" gap="sm" maw={720} role="alert">
      <Title order={2}>{t('error.title')}</Title>
      <Text c="dimmed">{t('error.action')}</Text>
      <Code block mah={220} style={{ overflow: 'auto' }}>
        {text}
      </Code>
      <Button w="fit-content" onClick={() => window.location.reload()}>
        {t('error.reload')}
      </Button>
    </Stack>
  );
}
