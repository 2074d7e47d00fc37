import { Popover } from '@mantine/core';
import { useState } from 'react';
import { useRunView } from '../../state/runStore.ts';
import { formatClock, formatDuration, formatInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { StateBadge } from '../StateBadge.tsx';
import { useNow } from '../useNow.ts';
import classes from './Header.module.css';
import { RunReport } from './RunReport.tsx';

/** The run on the canvas: its state and how long it has been going. A click says how it went, and why. */
export function RunChip() {
  const { runId, state, createdAt, endedAt, simulated } = useRunView();
  const [open, setOpen] = useState(false);
  const now = useNow(runId !== null && endedAt === null);
  if (runId === null || createdAt === '') return null;
  const start = Date.parse(createdAt);
  const time = endedAt === null ? formatClock(now - start) : formatDuration(Date.parse(endedAt) - start);
  const text = simulated ? `${t('runs.simulation')} · ${time}` : time;
  return (
    <span className={classes.runChip} role="status" aria-label={t('header.run')}>
      <Popover opened={open} onChange={setOpen} width={360} position="bottom-end">
        <Popover.Target>
          <button
            type="button"
            className={classes.report}
            aria-expanded={open}
            title={t('header.runAt', { at: formatInstant(createdAt) })}
            onClick={() => setOpen(!open)}
          >
            <StateBadge state={state} text={text} />
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <RunReport onClose={() => setOpen(false)} />
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
