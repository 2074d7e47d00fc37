import { Button, Popover, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { Hint } from '../../shell/Hint.tsx';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';
import { PublishProblems, useHasErrors } from './PublishProblems.tsx';
import { useIsPublished } from './useIsPublished.ts';

/** Publishing is not saving: it says what changes, and asks for a note. With nothing new to publish it says that instead. */
export function PublishButton({ detail, saving }: { detail: Reply<'getWorkflow'>; saving: Saving }) {
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const current = useIsPublished(detail);
  const hasErrors = useHasErrors();
  const version = detail.publishedVersion;
  const publish = async () => {
    if (await saving.publish(note.trim())) setNote('');
    setOpen(false);
  };
  return (
    <Popover opened={open && !current} onChange={setOpen} width={320} trapFocus position="bottom-end">
      <Popover.Target>
        <Hint label={current ? t('publish.current', { version: version ?? 0 }) : t('publish.hint')} disabled={open}>
          <Button
            data-disabled={current || undefined}
            aria-disabled={current}
            onClick={() => !current && setOpen(!open)}
          >
            {t('publish.button')}
          </Button>
        </Hint>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text>{t('publish.explain')}</Text>
          <PublishProblems onLeave={() => setOpen(false)} />
          <Textarea
            label={t('publish.note')}
            placeholder={t('publish.notePlaceholder')}
            autosize
            minRows={2}
            maxLength={1_000}
            data-autofocus
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button variant="filled" disabled={hasErrors} loading={saving.busy} onClick={() => void publish()}>
            {version === null ? t('publish.first') : t('publish.next')}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
