import { List } from '@mantine/core';
import type { Issue } from '../../../contract/errors.ts';
import type { WorkflowNode } from '../../../contract/workflow.ts';
import { settingOf } from '../../catalog/settingOf.ts';
import { withoutPath } from '../../state/problemsStore.ts';
import { t } from '../../texts/t.ts';

const shownIssues = 8;

/** The first problems of a file, and how many more there are. */
export function IssueList({ issues, nodes = [] }: { issues: readonly Issue[]; nodes?: readonly WorkflowNode[] }) {
  if (issues.length === 0) return null;
  const more = issues.length - shownIssues;
  return (
    <List size="sm" mb={6}>
      {issues.slice(0, shownIssues).map((issue, index) => (
        <List.Item key={index}>
          <Where issue={issue} node={nodes.find(({ id }) => id === issue.nodeId)} />
          {withoutPath(issue).message}
        </List.Item>
      ))}
      {more > 0 && <List.Item>{t('workflows.importMore', { count: more })}</List.Item>}
    </List>
  );
}

/** The node and its setting by their names; in a file that is no workflow, the place in the file. */
function Where({ issue, node }: { issue: Issue; node: WorkflowNode | undefined }) {
  const names = [node?.label ?? issue.path, node && settingOf(issue, node)].filter(Boolean).join(' · ');
  return names === '' ? null : <b>{names}: </b>;
}
