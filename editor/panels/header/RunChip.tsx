import { ActionIcon, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useRunView } from '../../state/runStore.ts';
import { setView } from '../../state/viewStore.ts';
import { formatClock, formatDuration, formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { StateBadge } from '../StateBadge.tsx';
import { useNow } from '../useNow.ts';
import classes from './Header.module.css';

/** The run on the canvas: its state and how long it has been going. A click opens its log. */
export function RunChip({ onHide }: { onHide?: () => void }) {
  const { runId, state, createdAt, endedAt, error } = useRunView();
  const now = useNow(runId !== null && endedAt === null);
  if (runId === null || createdAt === '') return null;
  const start = Date.parse(createdAt);
  const text = endedAt === null ? formatClock(now - start) : formatDuration(Date.parse(endedAt) - start);
  return (
    <span className={classes.runChip} role="status" aria-label={t('header.run')}>
      <Tooltip label={error ? `${error.message} ${error.action}` : t('header.runAt', { at: formatInstant(createdAt) })}>
        <button
          type="button"
          style={{ all: 'unset', cursor: 'pointer' }}
          onClick={() => setView({ bottomTab: 'log', bottomOpen: true })}
        >
          <StateBadge state={state} text={text} />
        </button>
      </Tooltip>
      {onHide && endedAt !== null && (
        <ActionIcon size={20} aria-label={t('header.hideRun')} onClick={onHide}>
          <IconX size={12} aria-hidden />
        </ActionIcon>
      )}
    </span>
  );
}
