import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeFailure } from '../../api/apiError.ts';
import { t } from '../../texts/t.ts';
import classes from './StaleNotice.module.css';

/** Floats over data that could not be read again. */
export function StaleNotice({ error, onRetry }: { error: unknown; onRetry(): void }) {
  return (
    <div className={classes.notice} role="status">
      <IconAlertTriangle size={15} aria-hidden />
      {t('list.stale', { reason: describeFailure(error).message })}
      <Button size="compact-xs" onClick={onRetry}>
        {t('error.retry')}
      </Button>
    </div>
  );
}
