import { Button, Center, Loader, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { describeFailure } from '../api/apiError.ts';
import { t } from '../texts/t.ts';

export function LoadingView() {
  return (
    <Center h="100%" mih={160} role="status" aria-label={t('page.loading')}>
      <Loader size="sm" />
    </Center>
  );
}

/** A failed page: what is wrong, what to do. */
export function FailureView({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { message, action } = describeFailure(error);
  return (
    <EmptyView title={message} text={action} alert>
      {onRetry && <Button onClick={onRetry}>{t('error.retry')}</Button>}
    </EmptyView>
  );
}

/** An empty place: what it is for and the next step. */
export function EmptyView(props: {
  title: string;
  text?: string;
  alert?: boolean;
  icon?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Center h="100%" mih={160} p="xl" role={props.alert ? 'alert' : undefined}>
      <Stack align="center" gap="sm" maw={440} ta="center">
        {props.icon}
        <Title order={2}>{props.title}</Title>
        {props.text && <Text c="dimmed">{props.text}</Text>}
        {props.children}
      </Stack>
    </Center>
  );
}
