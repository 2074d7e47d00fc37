import { Text, Title } from '@mantine/core';
import type { Guide as Steps } from '../../../contract/form.ts';
import { guideSteps } from '../../catalog/guideSteps.ts';
import { t } from '../../texts/t.ts';
import { CopyText } from './CopyText.tsx';
import { callbackUrl, canBeCalledBack } from './connection.ts';
import classes from './connections.module.css';

/** What a person does in the outside system first, by the settings as they stand. */
export function Guide({ guide, settings }: { guide: Steps | undefined; settings: Record<string, unknown> }) {
  if (!guide) return null;
  return (
    <section className={classes.card} aria-label={guide.title}>
      <Title order={3}>{guide.title}</Title>
      <ol className={classes.steps}>
        {guideSteps(guide, settings, callbackUrl()).map(({ text, copy, leadsBack }) => (
          <li key={text}>
            {text}
            {copy.length > 0 && (
              <div className={classes.copies}>
                {copy.map((item) => (
                  <CopyText key={item} text={item} />
                ))}
              </div>
            )}
            {leadsBack && !canBeCalledBack(window.location.origin) && (
              <Text size="xs" mt={4}>
                {t('connections.callbackElsewhere')}
              </Text>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
