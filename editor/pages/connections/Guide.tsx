import { Title } from '@mantine/core';
import type { Guide as Steps } from '../../../contract/connector.ts';
import { isShown } from '../../../contract/form.ts';
import { CopyText } from './CopyText.tsx';
import { callbackUrl } from './connection.ts';
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
            {copy.length > 0 && (
              <div className={classes.copies}>
                {copy.map((item) => (
                  <CopyText key={item} text={fill(item, settings)} />
                ))}
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
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
