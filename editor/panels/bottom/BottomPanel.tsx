import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { memo } from 'react';
import { ErrorBoundary } from '../../shell/ErrorBoundary.tsx';
import { useProblems } from '../../state/problemsStore.ts';
import { type BottomTab, setView, useView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './BottomPanel.module.css';
import { LogTab } from './LogTab.tsx';
import { ProblemsTab } from './ProblemsTab.tsx';
import { RowsTab, useRowsTitle } from './RowsTab.tsx';
import { RunsTab } from './RunsTab.tsx';
import { TimelineTab } from './TimelineTab.tsx';

const contents = { rows: RowsTab, timeline: TimelineTab, log: LogTab, runs: RunsTab, problems: ProblemsTab };

/** Under the canvas: rows, and what the run did. */
export const BottomPanel = memo(function BottomPanel() {
  const tab = useView((view) => view.bottomTab);
  const open = useView((view) => view.bottomOpen);
  const { source } = useDrawing();
  const tabs: BottomTab[] =
    source === 'run' ? ['rows', 'timeline', 'log', 'runs'] : ['rows', 'timeline', 'log', 'runs', 'problems'];
  const Content = contents[tab];
  return (
    <section className={classes.panel} aria-label={t('bottom.label')}>
      <div className={classes.bar}>
        <div
          className={classes.tabs}
          role="tablist"
          aria-label={t('bottom.label')}
          onKeyDown={(event) => walkTabs(event, tabs, tab)}
        >
          {tabs.map((one) => (
            <TabButton key={one} tab={one} active={one === tab} />
          ))}
        </div>
        <ToggleButton open={open} />
      </div>
      {open && (
        <div className={classes.body} role="tabpanel" aria-label={t(`bottom.${tab}`)}>
          <ErrorBoundary resetKey={tab}>
            <Content />
          </ErrorBoundary>
        </div>
      )}
    </section>
  );
});

function TabButton({ tab, active }: { tab: BottomTab; active: boolean }) {
  const problems = useProblems((state) => state.issues.length);
  const rowsTitle = useRowsTitle();
  return (
    <button
      type="button"
      role="tab"
      id={`bottom-${tab}`}
      className={classes.tab}
      aria-selected={active}
      tabIndex={active ? 0 : -1}
      onClick={() => setView({ bottomTab: tab, bottomOpen: true })}
    >
      {tab === 'rows' ? (rowsTitle ?? t('bottom.rows')) : t(`bottom.${tab}`)}
      {tab === 'problems' && problems > 0 && <span className={classes.badge}>{problems}</span>}
    </button>
  );
}

function ToggleButton({ open }: { open: boolean }) {
  const label = open ? t('bottom.collapse') : t('bottom.expand');
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} aria-expanded={open} onClick={() => setView({ bottomOpen: !open })}>
        {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronUp size={16} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

function walkTabs(event: KeyboardEvent, tabs: readonly BottomTab[], current: BottomTab): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
  if (!next) return;
  event.preventDefault();
  setView({ bottomTab: next, bottomOpen: true });
  document.getElementById(`bottom-${next}`)?.focus();
}
