import { Button, Center, Loader, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { call } from '../api/call.ts';
import { queryKey } from '../api/queries.ts';
import { t } from '../texts/t.ts';
import { above, connectionPath } from './connections/connection.ts';
import { FailureAlert } from './frame/FailureAlert.tsx';
import { PageFrame } from './frame/PageFrame.tsx';

/**
 * Where an outside system leads the browser back to after a person signed in there. The answer stands in the address: it is
 * sent on once, as a request of this page, since the session's cookie does not come along from another site, and then taken out.
 */
export function CallbackPage() {
  const error = useFinish();
  return (
    <PageFrame title={t('connections.signIn.title')} above={above}>
      <Center p="xl">
        {error === null ? (
          <Text role="status">
            <Loader size="xs" mr="sm" aria-hidden /> {t('connections.signIn.finishing')}
          </Text>
        ) : (
          <div>
            <FailureAlert error={error} />
            <Button component={Link} to={above.to} mt="md">
              {t('connections.signIn.back')}
            </Button>
          </div>
        )}
      </Center>
    </PageFrame>
  );
}

/** What went wrong; null while it goes on. */
function useFinish(): unknown {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current) return;
    sent.current = true;
    const answer = window.location.href;
    window.history.replaceState(window.history.state, '', window.location.pathname);
    const finish = async () => {
      const { name } = await call('finishSignIn', { body: { answer } });
      await client.invalidateQueries({ queryKey: queryKey('listConnections').slice(0, 1) });
      await navigate(connectionPath(name), { replace: true });
    };
    finish().catch(setError);
  }, [client, navigate]);
  return error;
}
