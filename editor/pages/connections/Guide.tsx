import { Text, Title } from '@mantine/core';
import type { Guide as Steps } from '../../../contract/connector.ts';
import { isShown } from '../../../contract/form.ts';
import { t } from '../../texts/t.ts';
import { CopyText } from './CopyText.tsx';
import { callbackUrl, canBeCalledBack } from './connection.ts';
import classes from './connections.module.css';

/** What a person does in the outside system first, by the settings as they stand. */
export function Guide({ guide, settings }: { guide: Steps | undefined; settings: Record<string, unknown> }) {
  if (!guide) return null;
  const steps = guide.steps
    .map((step) => (typeof step === 'string' ? { text: step } : step))
    .filter((step) => isShown(step, settings));
  return (
    <section className={classes.card} aria-label={guide.title}>
      <Title order={3}>{guide.title}</Title>
      <ol className={classes.steps}>
        {steps.map(({ text, copy = [] }) => (
          <li key={text}>
            {text}
            <Copies items={copy} settings={settings} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Copies({ items, settings }: { items: readonly string[]; settings: Record<string, unknown> }) {
  if (items.length === 0) return null;
  const refused = items.includes('{callbackUrl}') && !canBeCalledBack(window.location.origin);
  return (
    <>
      <div className={classes.copies}>
        {items.map((item) => (
          <CopyText key={item} text={fill(item, settings)} />
        ))}
      </div>
      {refused && (
        <Text size="xs" mt={4}>
          {t('connections.callbackElsewhere')}
        </Text>
      )}
    </>
  );
}

/** A setting that is not entered yet stays named in braces. */
function fill(text: string, settings: Record<string, unknown>): string {
  return text.replace(/\{(\w+)\}/g, (named, name: string) => {
    if (name === 'callbackUrl') return callbackUrl();
    const value = settings[name];
    return typeof value === 'string' && value.trim() !== '' ? value.trim().replace(/\/+$/, '') : named;
  });
}
