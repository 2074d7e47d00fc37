import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCalendarOff,
  IconCopy,
  IconDots,
  IconDownload,
  IconHistory,
  IconKeyboard,
  IconUpload,
} from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { parseWorkflow } from '../../../contract/check.ts';
import { serializeWorkflow } from '../../../contract/workflow.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { ConfirmDialog } from '../../pages/frame/ConfirmDialog.tsx';
import { Hint } from '../../shell/Hint.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { editDocument, openWorkflow } from '../../state/documentStore.ts';
import { setView } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';

/** What is done with the workflow as a whole, and seldom. */
export function MoreMenu({ detail, saving }: { detail: Reply<'getWorkflow'>; saving: Saving }) {
  const editor = useMay('editor');
  const [ending, setEnding] = useState(false);
  const upload = useRef<HTMLInputElement>(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Hint label={t('action.more')}>
            <ActionIcon aria-label={t('action.more')}>
              <IconDots size={17} aria-hidden />
            </ActionIcon>
          </Hint>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconHistory size={15} aria-hidden />}
            onClick={() => setView({ right: 'versions', rightOpen: true })}
          >
            {t('versions.title')}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} onClick={downloadFile}>
            {t('header.download')}
          </Menu.Item>
          {editor && (
            <Menu.Item leftSection={<IconUpload size={15} aria-hidden />} onClick={() => upload.current?.click()}>
              {t('header.upload')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconCopy size={15} aria-hidden />} onClick={() => void copyFile()}>
            {t('header.copy')}
          </Menu.Item>
          {editor && detail.publishedVersion !== null && (
            <Menu.Item leftSection={<IconCalendarOff size={15} aria-hidden />} onClick={() => setEnding(true)}>
              {t('publish.end')}
            </Menu.Item>
          )}
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconKeyboard size={15} aria-hidden />}
            rightSection="?"
            onClick={() => setView({ shortcutsOpen: true })}
          >
            {t('shortcuts.title')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {ending && (
        <ConfirmDialog
          title={t('publish.endTitle', { name: detail.workflow.label })}
          consequences={[t('publish.endSchedules'), t('publish.endKept')]}
          submit={t('publish.endConfirm')}
          onSubmit={saving.unpublish}
          onClose={() => setEnding(false)}
        />
      )}
      <input
        ref={upload}
        type="file"
        accept="application/json,.json"
        hidden
        aria-label={t('header.upload')}
        onChange={(event) => void takeFile(event.currentTarget)}
      />
    </>
  );
}

function downloadFile(): void {
  const workflow = openWorkflow();
  if (!workflow) return;
  const url = URL.createObjectURL(new Blob([serializeWorkflow(workflow)], { type: 'application/json' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: `${workflow.internalName}.json` });
  link.click();
  URL.revokeObjectURL(url);
}

async function copyFile(): Promise<void> {
  const workflow = openWorkflow();
  if (!workflow) return;
  try {
    await navigator.clipboard.writeText(serializeWorkflow(workflow));
    showDone(t('action.copied'));
  } catch (error) {
    showFailure(error);
  }
}

/** A file takes the place of the drawing, as one edit; the internal name stays. */
async function takeFile(input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  const current = openWorkflow();
  input.value = '';
  if (!file || !current) return;
  try {
    const { workflow, issues } = parseWorkflow(JSON.parse(await file.text()));
    if (workflow) editDocument({ type: 'replace', workflow: { ...workflow, internalName: current.internalName } });
    else
      showFailure(
        new Error(
          issues
            .map((issue) => issue.message)
            .slice(0, 3)
            .join(' '),
        ),
      );
  } catch (error) {
    showFailure(error);
  }
}
