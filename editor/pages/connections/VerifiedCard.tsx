import { Text, Title } from '@mantine/core';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import type { Connection } from './connection.ts';
import classes from './connections.module.css';
import { causeOf, VerifiedMark } from './VerifiedMark.tsx';
import { VerifyButton } from './VerifyButton.tsx';

/** The outcome of the last verification: who we are there, or why we were refused. */
export function VerifiedCard({ connection, mayVerify }: { connection: Connection; mayVerify: boolean }) {
  const { verified } = connection;
  const tone = verified === null ? undefined : verified.ok ? 'ok' : causeOf(verified).tone;
  return (
    <section className={classes.card} data-tone={tone} aria-label={t('connections.column.verified')} aria-live="polite">
      <Title order={3}>
        <VerifiedMark verified={verified} />
      </Title>
      <Text mt={6} c={verified ? undefined : 'dimmed'} className={classes.message}>
        {verified?.message ?? t('connections.verifyHint')}
      </Text>
      {verified && verified.details.length > 0 && <Facts facts={verified.details} />}
      {mayVerify && (
        <div className={classes.cardFoot}>
          <VerifyButton connection={connection} />
        </div>
      )}
    </section>
  );
}
