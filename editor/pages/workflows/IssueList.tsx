import { List } from '@mantine/core';
import type { Issue } from '../../../contract/errors.ts';
import { t } from '../../texts/t.ts';

const shownIssues = 8;

/** The first problems of a file, and how many more there are. */
export function IssueList({ issues }: { issues: readonly Issue[] }) {
  if (issues.length === 0) return null;
  const more = issues.length - shownIssues;
  return (
    <List size="sm" mb={6}>
      {issues.slice(0, shownIssues).map((issue, index) => (
        <List.Item key={index}>{issue.message}</List.Item>
      ))}
      {more > 0 && <List.Item>{t('workflows.importMore', { count: more })}</List.Item>}
    </List>
  );
}
