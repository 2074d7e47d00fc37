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
import { SignalsTab } from './SignalsTab.tsx';
import { isReachable, useSignals } from './signals.ts';
import { TimelineTab } from './TimelineTab.tsx';

const contents = {
  rows: RowsTab,
  timeline: TimelineTab,
  log: LogTab,
  runs: RunsTab,
  signals: SignalsTab,
  problems: ProblemsTab,
};
const ofRun: BottomTab[] = ['rows', 'timeline', 'log', 'runs'];

/** Under the canvas: rows, and what the run did. */
export const BottomPanel = memo(function BottomPanel() {
  const chosen = useView((view) => view.bottomTab);
  const open = useView((view) => view.bottomOpen);
  const { source, workflow } = useDrawing();
  const reachable = source === 'draft' && isReachable(workflow);
  const tabs: BottomTab[] =
    source === 'run' ? ofRun : [...ofRun, ...(reachable ? (['signals'] as const) : []), 'problems'];
  // What was open in another drawing may not be there in this one.
  const tab = tabs.includes(chosen) ? chosen : 'rows';
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
  const problems = useProblems((state) => state.issues.length + state.refused.size);
  const failed = useFailedSignals(tab === 'signals');
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
      {failed > 0 && <span className={classes.badge}>{failed}</span>}
    </button>
  );
}

function useFailedSignals(enabled: boolean): number {
  const { workflow } = useDrawing();
  const signals = useSignals(workflow.internalName, enabled).data;
  return enabled ? (signals?.filter(({ state }) => state === 'failed').length ?? 0) : 0;
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
