import { Text, Title } from '@mantine/core';
import { t } from '../../texts/t.ts';
import { Facts } from '../frame/Facts.tsx';
import type { Connection } from './connection.ts';
import classes from './connections.module.css';
import { causeOf, messageOf, VerifiedMark } from './VerifiedMark.tsx';
import { VerifyButton } from './VerifyButton.tsx';

interface VerifiedCardProps {
  connection: Connection;
  mayVerify: boolean;
  /** The form holds what is not saved, and so was not verified. */
  changed: boolean;
}

/** As connectors call what was used when they verified; the card of the calls shows what is used now. */
const usedThen = 'API calls today';

/** The outcome of the last verification: who we are there, or why we were refused. */
export function VerifiedCard({ connection, mayVerify, changed }: VerifiedCardProps) {
  const { verified } = connection;
  const tone = verified === null || changed ? undefined : verified.ok ? 'ok' : causeOf(verified).tone;
  const facts = verified?.details.filter(({ label }) => label !== usedThen) ?? [];
  return (
    <section className={classes.card} data-tone={tone} aria-label={t('connections.column.verified')} aria-live="polite">
      <Title order={3}>
        <VerifiedMark verified={verified} />
      </Title>
      {changed && (
        <Text mt={6} c="dimmed" size="xs">
          {t('connections.verifiedSaved')}
        </Text>
      )}
      <Text mt={6} c={verified ? undefined : 'dimmed'} className={classes.message}>
        {verified ? messageOf(verified) : t('connections.verifyHint')}
      </Text>
      {facts.length > 0 && <Facts facts={facts} />}
      {mayVerify && (
        <div className={classes.cardFoot}>
          <VerifyButton connection={connection} />
        </div>
      )}
    </section>
  );
}
