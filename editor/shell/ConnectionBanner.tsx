import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { reconnectNow, useStreamState } from '../api/stream.ts';
import { t } from '../texts/t.ts';
import classes from './AppShell.module.css';

/** Says that what is on the page may be old, while the server cannot be reached. */
export function ConnectionBanner() {
  const state = useStreamState();
  if (state !== 'lost') return null;
  return (
    <div className={classes.banner} role="status">
      <IconPlugConnectedX size={16} aria-hidden />
      {t('connection.lost')}
      <Button size="compact-xs" onClick={reconnectNow}>
        {t('connection.retry')}
      </Button>
    </div>
  );
}
