import { Button } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import type { Connection } from './connection.ts';

/** Signs in with the saved settings; the outcome stands in the connection. */
export function VerifyButton({ connection, compact }: { connection: Connection; compact?: boolean }) {
  const verify = useChange('verifyConnection', ['listConnections', 'getCalls']);
  return (
    <Button
      size={compact ? 'compact-sm' : 'sm'}
      aria-label={compact ? t('connections.verifyNamed', { name: connection.label }) : undefined}
      leftSection={<IconShieldCheck size={15} aria-hidden />}
      loading={verify.isPending}
      onClick={() => verify.mutate({ params: { connection: connection.name } }, { onError: showFailure })}
    >
      {t(connection.verified ? 'connections.verifyAgain' : 'connections.verify')}
    </Button>
  );
}
