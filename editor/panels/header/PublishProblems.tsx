import { Stack, Text, UnstyledButton } from '@mantine/core';
import { IconAlertCircleFilled } from '@tabler/icons-react';
import type { Issue } from '../../../contract/errors.ts';
import { settingOf } from '../../catalog/settingOf.ts';
import { useDocument } from '../../state/documentStore.ts';
import { useProblems } from '../../state/problemsStore.ts';
import { select, setView, showNode } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { publishTexts } from './publishTexts.ts';

const mostShown = 3;

/** Whether the drawing has an error, with which the server refuses to publish it; warnings do not hinder. */
export const useHasErrors = (): boolean =>
  useProblems((state) => state.issues.some(({ severity }) => severity === 'error'));

/** The first problems of the drawing, errors before warnings; each leads to its node. Nothing where there are none. */
export function PublishProblems({ onLeave }: { onLeave: () => void }) {
  const issues = useProblems((state) => state.issues);
  const hasErrors = useHasErrors();
  if (issues.length === 0) return null;
  const sorted = [...issues].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const leave = (go: () => void) => () => {
    onLeave();
    go();
  };
  return (
    <Stack gap={6} role="group" aria-label={publishTexts.problems}>
      <Text role="status" c={hasErrors ? 'var(--err)' : undefined}>
        {hasErrors ? publishTexts.blocked : publishTexts.warned}
      </Text>
      {sorted.slice(0, mostShown).map((issue, index) => (
        <Problem
          key={`${issue.code} ${issue.nodeId} ${issue.path} ${index}`}
          issue={issue}
          onOpen={leave(() => open(issue))}
        />
      ))}
      {issues.length > mostShown && (
        <UnstyledButton fz="sm" c="var(--mute)" onClick={leave(showList)}>
          {publishTexts.more(issues.length - mostShown)}
        </UnstyledButton>
      )}
    </Stack>
  );
}

function Problem({ issue, onOpen }: { issue: Issue; onOpen: () => void }) {
  const node = useDocument((state) => state.workflow?.nodes.find(({ id }) => id === issue.nodeId));
  const setting = settingOf(issue, node);
  const color = issue.severity === 'error' ? 'var(--err)' : 'var(--rej)';
  return (
    <UnstyledButton fz="sm" onClick={onOpen}>
      <IconAlertCircleFilled size={14} color={color} role="img" aria-label={t(`problems.${issue.severity}`)} />{' '}
      <b>{[node?.label ?? t('problems.workflow'), setting].filter(Boolean).join(' · ')}</b> {issue.message}
    </UnstyledButton>
  );
}

const showList = () => setView({ bottomTab: 'problems', bottomOpen: true });

function open({ nodeId, transitionId, path }: Issue): void {
  if (nodeId) showNode(nodeId, { tab: 'settings', path });
  else if (transitionId) select({ transitions: [transitionId] });
  else setView({ rightOpen: true });
}
