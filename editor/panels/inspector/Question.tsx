import { Anchor } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Figures } from '../../pages/exports/Figures.tsx';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import { Answer } from '../Answer.tsx';
import classes from './Inspector.module.css';
import { useTaskExport } from './useTaskExport.ts';

/** What the node asks in the run shown, and the answer to it. Nothing where it asks nothing. */
export function Question({ nodeId }: { nodeId: string }) {
  const asked = useRunView((view) => view.nodes[nodeId]?.due?.asks ?? null);
  const task = useRunView((view) => view.nodes[nodeId]?.taskId ?? '');
  const run = useRunView((view) => view.runId ?? '');
  if (asked === null) return null;
  return (
    <section className={classes.question} aria-label={t('question.title')}>
      <h3>
        <IconUserQuestion size={16} aria-hidden />
        {t('question.title')}
      </h3>
      <p>{asked}</p>
      <AskedPlan run={run} task={task} />
      <Answer run={run} task={task} />
    </section>
  );
}

/** An export asks about its plan: its sums, and the way to its records. */
function AskedPlan({ run, task }: { run: string; task: string }) {
  const made = useTaskExport(run, task);
  if (!made) return null;
  return (
    <>
      <Figures counts={made.counts} />
      <Anchor component={Link} to={`/exports/${made.id}`} size="sm">
        {t('question.openPlan')}
      </Anchor>
    </>
  );
}
