import { ActionIcon, Anchor, Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { isFinal } from '../../../contract/run.ts';
import { showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { useMay, useSession } from '../../shell/SessionContext.tsx';
import { useRowsOpened } from '../../state/rowsOpened.ts';
import { t } from '../../texts/t.ts';
import classes from './workflows.module.css';

type Item = Reply<'listWorkflows'>[number];

/** The sample that the guide speaks of; whoever has deleted it needs no guide. */
const guided = 'contacts_from_salesforce';

/** In a demo, until it is hidden: what to do first, with what was done already ticked off. */
export function DemoHint({ workflows }: { workflows: readonly Item[] }) {
  const { demo } = useSession();
  const [hidden, hide] = useLocalStorage({
    key: 'syncline:demo-hint-hidden',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const opened = useRowsOpened();
  const sample = workflows.find((item) => item.internalName === guided);
  if (!demo || hidden || !sample) return null;
  const { lastRun } = sample;
  return (
    <section className={classes.hint} aria-labelledby="demo-hint">
      <h2 id="demo-hint">{t('workflows.hint')}</h2>
      <p>{t('workflows.hintText')}</p>
      <ol className={classes.steps}>
        <Step number={1} done={lastRun !== null}>
          <Anchor component={Link} to={`/workflows/${sample.internalName}`} fw={600}>
            {t('workflows.hintOpen', { name: sample.label })}
          </Anchor>
        </Step>
        <Step number={2} done={lastRun !== null && isFinal(lastRun.state)}>
          <RunStep sample={sample} />
        </Step>
        <Step number={3} done={opened}>
          {lastRun ? (
            <Anchor component={Link} to={`/runs/${lastRun.id}`} fw={600}>
              {t('workflows.hintRows')}
            </Anchor>
          ) : (
            t('workflows.hintRows')
          )}
        </Step>
      </ol>
      <ActionIcon className={classes.hideHint ?? ''} aria-label={t('workflows.hintClose')} onClick={() => hide(true)}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </section>
  );
}

function RunStep({ sample }: { sample: Item }) {
  const start = useChange('startRun', ['listWorkflows', 'listRuns']);
  const mayRun = useMay('operator');
  const mayRunDraft = useMay('editor');
  const active = sample.lastRun !== null && !isFinal(sample.lastRun.state);
  if (active) return t('workflows.hintRunning');
  const which = sample.publishedVersion === null ? 'draft' : 'published';
  if (!(which === 'draft' ? mayRunDraft : mayRun)) return t('workflows.hintRun');
  const run = () =>
    start.mutate({ params: { workflow: sample.internalName }, body: { which } }, { onError: showFailure });
  return (
    <Button size="compact-sm" variant={sample.lastRun ? 'default' : 'filled'} loading={start.isPending} onClick={run}>
      {t(sample.lastRun ? 'workflows.hintRunAgain' : 'workflows.hintRun')}
    </Button>
  );
}

function Step({ number, done, children }: { number: number; done: boolean; children: ReactNode }) {
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.number}>
        {done ? <IconCheck size={13} stroke={2.6} role="img" aria-label={t('workflows.hintDone')} /> : number}
      </span>
      {children}
    </li>
  );
}
