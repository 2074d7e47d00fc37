import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { showDone } from '../api/notices.ts';
import { useChange } from '../api/queries.ts';
import { useMay } from '../shell/SessionContext.tsx';
import { t } from '../texts/t.ts';
import classes from './Answer.module.css';

/** The answer to what a task asks: yes or no, with a note that is kept. */
export function Answer({ run, task }: { run: string; task: string }) {
  const allowed = useMay('operator');
  const [note, setNote] = useState('');
  const decide = useChange('decideTask', ['getRun', 'listRuns', 'getExport', 'listExports']);
  if (!allowed) return <p className={classes.line}>{t('question.notAllowed')}</p>;
  const answer = (approved: boolean) =>
    decide.mutate(
      { params: { run, task }, body: { approved, note } },
      { onSuccess: () => showDone(t(approved ? 'question.approved' : 'question.refused')) },
    );
  return (
    <>
      <Textarea
        label={t('question.note')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        maxLength={1_000}
        autosize
        maxRows={6}
      />
      {decide.error && <p className={classes.line} role="alert">{`${decide.error.message} ${decide.error.action}`}</p>}
      <div className={classes.answers}>
        <Button variant="filled" onClick={() => answer(true)} loading={decide.isPending}>
          {t('question.approve')}
        </Button>
        <Button onClick={() => answer(false)} disabled={decide.isPending}>
          {t('question.refuse')}
        </Button>
      </div>
    </>
  );
}
