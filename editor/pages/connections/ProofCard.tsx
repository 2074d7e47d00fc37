import { Button, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCertificate, IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import type { Connection } from './connection.ts';
import classes from './connections.module.css';

/** The public part of the connection's key, to be given to the outside system. */
export function ProofCard({ connection, label: kind }: { connection: Connection; label: string }) {
  const make = useChange('makeCertificate', ['listConnections']);
  const hasKey = connection.secretsSet.includes('privateKey');
  const certificate = make.data?.certificate;
  return (
    <section className={classes.card} aria-label={t('connections.proof.title')}>
      <Title order={3}>{t('connections.proof.title')}</Title>
      <Stack gap="sm" mt={6}>
        <Text>{hasKey ? t('connections.proof.text', { kind }) : t('connections.proof.noKey')}</Text>
        {make.error && <FailureAlert error={make.error} />}
        {certificate ? (
          <Certificate text={certificate} />
        ) : (
          <div>
            <Button
              leftSection={<IconCertificate size={15} aria-hidden />}
              loading={make.isPending}
              onClick={() => make.mutate({ params: { connection: connection.name } })}
            >
              {t(hasKey ? 'connections.proof.show' : 'connections.proof.make')}
            </Button>
          </div>
        )}
      </Stack>
    </section>
  );
}

function Certificate({ text }: { text: string }) {
  return (
    <>
      <pre className={classes.certificate}>{text}</pre>
      <Group gap="sm">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
              onClick={copy}
            >
              {t(copied ? 'action.copied' : 'action.copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          component="a"
          href={`data:application/x-x509-ca-cert;base64,${btoa(text)}`}
          download="syncline.crt"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {t('connections.proof.download')}
        </Button>
      </Group>
    </>
  );
}
