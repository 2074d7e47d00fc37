import { Button, Textarea } from '@mantine/core';
import { IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import classes from './Inspector.module.css';

/** What the node asks in the run shown, and the answer to it. Nothing where it asks nothing. */
export function Question({ nodeId }: { nodeId: string }) {
  const asked = useRunView((view) => view.nodes[nodeId]?.due?.asks ?? null);
  const task = useRunView((view) => view.nodes[nodeId]?.taskId ?? '');
  const run = useRunView((view) => view.runId ?? '');
  const allowed = useMay('operator');
  const [note, setNote] = useState('');
  const decide = useChange('decideTask', ['getRun', 'listRuns']);
  if (asked === null) return null;
  const answer = (approved: boolean) => decide.mutate({ params: { run, task }, body: { approved, note } });
  return (
    <section className={classes.question} aria-label={t('question.title')}>
      <h3>
        <IconUserQuestion size={16} aria-hidden />
        {t('question.title')}
      </h3>
      <p>{asked}</p>
      {allowed ? (
        <>
          <Textarea
            label={t('question.note')}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={1_000}
            autosize
            maxRows={6}
          />
          {decide.error && <p role="alert">{`${decide.error.message} ${decide.error.action}`}</p>}
          <div className={classes.answers}>
            <Button variant="filled" onClick={() => answer(true)} loading={decide.isPending}>
              {t('question.approve')}
            </Button>
            <Button onClick={() => answer(false)} disabled={decide.isPending}>
              {t('question.refuse')}
            </Button>
          </div>
        </>
      ) : (
        <p>{t('question.notAllowed')}</p>
      )}
    </section>
  );
}
