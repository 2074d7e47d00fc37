import { Button, CopyButton } from '@mantine/core';
import type { GuideSeen } from '../../kit/panel/context.ts';
import classes from './Panel.module.css';
import { texts } from './texts.ts';

/** What the owner of the bucket, or of the account, is to be given: policies with our names in them. */
export function Prepare({ guide }: { guide: GuideSeen | null }) {
  if (!guide || guide.steps.every(({ copy }) => copy.length === 0)) return null;
  return (
    <details className={classes.fold ?? ''}>
      <summary>{guide.title}</summary>
      <ol className={classes.steps}>
        {guide.steps.map(({ text, copy }) => (
          <li key={text}>
            {text}
            {copy.map((item) => (
              <CopyBlock key={item} text={item} step={text} />
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

function CopyBlock({ text, step }: { text: string; step: string }) {
  return (
    <div className={classes.code}>
      <pre>{text}</pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="light" aria-label={texts.copyStep(step)} onClick={copy}>
            {copied ? texts.copied : texts.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
