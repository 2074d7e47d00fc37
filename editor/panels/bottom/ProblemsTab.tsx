import { IconAlertCircleFilled, IconCircleCheck } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Issue } from '../../../contract/errors.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { settingOf } from '../../catalog/settingOf.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { allProblems, useProblems } from '../../state/problemsStore.ts';
import { findTroubles, type Trouble } from '../../state/run/troubles.ts';
import { useRunView } from '../../state/runStore.ts';
import { select, setView, showNode } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './Tabs.module.css';

/** What is wrong with the drawing, and why the run shown failed; each line leads to its node and field. */
export function ProblemsTab() {
  const { workflow } = useDrawing();
  const issues = useProblems(useShallow(allProblems));
  const open = (issue: Issue) => {
    if (issue.nodeId) showNode(issue.nodeId, { tab: 'settings', path: issue.path });
    else if (issue.transitionId) select({ transitions: [issue.transitionId] });
    else setView({ rightOpen: true });
  };
  const failure = useFailure();
  if (issues.length === 0 && !failure) {
    const icon = <IconCircleCheck size={26} color="var(--ok)" aria-hidden />;
    return <EmptyView icon={icon} title={t('problems.none')} text={t('problems.noneHint')} />;
  }
  return (
    <ul className={classes.list} aria-label={t('bottom.problems')}>
      {failure && <FailureItem failure={failure} />}
      {issues.map((issue, index) => (
        <li key={`${issue.code} ${issue.nodeId} ${issue.path} ${index}`}>
          <Problem
            issue={issue}
            node={workflow.nodes.find(({ id }) => id === issue.nodeId)}
            onOpen={() => open(issue)}
          />
        </li>
      ))}
    </ul>
  );
}

function Problem({ issue, node, onOpen }: { issue: Issue; node: WorkflowNode | undefined; onOpen: () => void }) {
  const setting = settingOf(issue, node);
  return (
    <button type="button" className={classes.item} data-severity={issue.severity} onClick={onOpen}>
      <IconAlertCircleFilled size={15} role="img" aria-label={t(`problems.${issue.severity}`)} />
      <b>{node?.label ?? t('problems.workflow')}</b>
      {setting !== null && <span className={classes.setting}>{setting}</span>}
      <span>{issue.message}</span>
      <span className={classes.action}>{issue.action}</span>
    </button>
  );
}

type Failure = Pick<Trouble, 'message' | 'action'> & { nodeId: string | null };

/** Why the run shown failed: at its node if one is to blame. null: it did not fail. */
function useFailure(): Failure | null {
  const state = useRunView((view) => view.state);
  const nodes = useRunView((view) => view.nodes);
  const error = useRunView((view) => view.error);
  return useMemo(() => {
    if (state !== 'failed') return null;
    const blamed = findTroubles({ nodes }).find(({ kind }) => kind === 'failed');
    return blamed ?? (error && { ...error, nodeId: null });
  }, [state, nodes, error]);
}

function FailureItem({ failure: { nodeId, message, action } }: { failure: Failure }) {
  const { workflow } = useDrawing();
  const label = workflow.nodes.find((node) => node.id === nodeId)?.label;
  const open = () => {
    if (nodeId !== null) showNode(nodeId, { tab: 'settings' });
    else setView({ bottomTab: 'log' });
  };
  return (
    <li>
      <button type="button" className={classes.item} data-severity="error" onClick={open}>
        <IconAlertCircleFilled size={15} role="img" aria-label={t('problems.error')} />
        <b>{label ?? t('problems.workflow')}</b>
        <span>{t('problems.runFailed', { reason: message })}</span>
        <span className={classes.action}>{action}</span>
      </button>
    </li>
  );
}
