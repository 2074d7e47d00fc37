import { IconAlertCircleFilled, IconCircleCheck } from '@tabler/icons-react';
import type { Issue } from '../../../contract/errors.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useProblems } from '../../state/problemsStore.ts';
import { select, setView, showNode } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import classes from './Tabs.module.css';

/** What is wrong with the drawing; each line leads to its node and field. */
export function ProblemsTab() {
  const { workflow } = useDrawing();
  const issues = useProblems((state) => state.issues);
  const open = (issue: Issue) => {
    if (issue.nodeId) showNode(issue.nodeId, { tab: 'settings', path: issue.path });
    else if (issue.transitionId) select({ transitions: [issue.transitionId] });
    else setView({ rightOpen: true });
  };
  if (issues.length === 0) {
    const icon = <IconCircleCheck size={26} color="var(--ok)" aria-hidden />;
    return <EmptyView icon={icon} title={t('problems.none')} text={t('problems.noneHint')} />;
  }
  return (
    <ul className={classes.list} aria-label={t('bottom.problems')}>
      {issues.map((issue, index) => (
        <li key={`${issue.code} ${issue.nodeId} ${issue.path} ${index}`}>
          <button type="button" className={classes.item} data-severity={issue.severity} onClick={() => open(issue)}>
            <IconAlertCircleFilled size={15} role="img" aria-label={t(`problems.${issue.severity}`)} />
            <b>{workflow.nodes.find((node) => node.id === issue.nodeId)?.label ?? t('problems.workflow')}</b>
            {issue.path && <span className={classes.path}>{issue.path}</span>}
            <span>{issue.message}</span>
            <span className={classes.action}>{issue.action}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
