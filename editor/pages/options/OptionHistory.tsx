import { Anchor, Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { formatExactInstant } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { When } from '../frame/When.tsx';
import { movedBack } from './cursorDate.ts';
import classes from './options.module.css';

type Change = Reply<'getOption'>['history'][number];

/** Every change, newest first: who or which run, from what to what. */
export function OptionHistory({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <Text c="dimmed">{t('options.historyEmpty')}</Text>;
  return (
    <ol className={classes.history}>
      {changes.map((change, index) => (
        <li key={index} className={classes.change}>
          <Values change={change} />
          <div className={classes.who}>
            <When at={change.at} /> · {change.by}
            {change.runId !== null && (
              <>
                {' · '}
                <Anchor
                  component={Link}
                  to={`/runs/${change.runId}`}
                  inherit
                  aria-label={t('options.history.openRun', { at: formatExactInstant(change.at) })}
                >
                  {t('options.history.run')}
                </Anchor>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Values({ change }: { change: Change }) {
  const back = movedBack(change.old ?? '', change.new ?? '');
  return (
    <div className={classes.values}>
      <code>{change.old ?? t('options.history.created')}</code>
      <IconArrowRight size={13} aria-hidden />
      <code>{change.new ?? t('options.history.deleted')}</code>
      {back && <small className={classes.back}>{t('options.history.back', { duration: back })}</small>}
    </div>
  );
}
