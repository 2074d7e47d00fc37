import { CopyButton, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { t } from '../../texts/t.ts';
import classes from './connections.module.css';

/** A short text that is copied by a click on it. */
export function CopyText({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <UnstyledButton
          className={classes.copy ?? ''}
          onClick={copy}
          aria-label={t('list.copyNamed', { name: text })}
          title={copied ? t('action.copied') : t('action.copy')}
        >
          <code>{text}</code>
          {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
