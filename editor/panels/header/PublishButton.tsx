import { Button, Popover, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { isDirty, useDocument } from '../../state/documentStore.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';

/** Publishing is not saving: it says what changes, and asks for a note. */
export function PublishButton({ detail, saving }: { detail: Reply<'getWorkflow'>; saving: Saving }) {
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const dirty = useDocument(isDirty);
  const published = detail.publishedVersion;
  const current = published !== null && !detail.draftDiffers && !dirty;
  const publish = async () => {
    if (await saving.publish(note.trim())) setNote('');
    setOpen(false);
  };
  const unpublish = async () => {
    await saving.unpublish();
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} width={320} trapFocus position="bottom-end">
      <Popover.Target>
        <Button onClick={() => setOpen(!open)} aria-expanded={open}>
          {t('publish.button')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Text>{current ? t('publish.current', { version: published }) : t('publish.explain')}</Text>
          {!current && (
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
          )}
          {!current && (
            <Button variant="filled" loading={saving.busy} onClick={() => void publish()}>
              {published === null ? t('publish.first') : t('publish.next')}
            </Button>
          )}
          {published !== null && (
            <Button loading={saving.busy} onClick={() => void unpublish()}>
              {t('publish.end')}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
