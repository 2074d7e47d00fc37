import { ActionIcon, Anchor, Menu, Tooltip } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconHistory, IconKeyboard, IconUpload } from '@tabler/icons-react';
import { memo, useDeferredValue, useMemo, useRef } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { parseWorkflow } from '../../../contract/check.ts';
import { serializeWorkflow } from '../../../contract/workflow.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { findDifferences } from '../../state/document/differences.ts';
import { editDocument, openWorkflow, useDocument } from '../../state/documentStore.ts';
import { setView } from '../../state/viewStore.ts';
import { formatExactInstant, formatInstantIn } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';
import classes from './Header.module.css';
import { PublishButton } from './PublishButton.tsx';
import { RunButtons } from './RunButtons.tsx';
import { RunChip } from './RunChip.tsx';
import { SaveButton } from './SaveButton.tsx';

interface WorkflowHeaderProps {
  detail: Reply<'getWorkflow'>;
  saving: Saving;
  /** Another run is to be shown on the canvas. */
  onRun(run: string): void;
}

/** Where we are, in which state the draft is, and what can be done with it. */
export const WorkflowHeader = memo(function WorkflowHeader({ detail, saving, onRun }: WorkflowHeaderProps) {
  const label = useDocument((state) => state.workflow?.label ?? '');
  const editor = useMay('editor');
  return (
    <header className={classes.header}>
      <nav className={classes.crumbs} aria-label={t('header.crumbs')}>
        <Anchor component={Link} to="/workflows" c="dimmed">
          {t('nav.workflows')}
        </Anchor>
        <span aria-hidden>/</span>
        <h1 title={label}>{label}</h1>
      </nav>
      <VersionChips detail={detail} />
      <span className={classes.space} />
      <RunChip />
      {detail.nextRun && (
        <span className={`${classes.chip} ${classes.wide}`} title={formatExactInstant(detail.nextRun.at)}>
          {t('header.next', { at: formatInstantIn(detail.nextRun.at, detail.nextRun.timeZone) })}
        </span>
      )}
      {editor && <SaveButton saving={saving} />}
      {editor && <PublishButton detail={detail} saving={saving} />}
      <RunButtons detail={detail} saving={saving} onRun={onRun} />
      <MoreMenu />
    </header>
  );
});

function VersionChips({ detail }: { detail: Reply<'getWorkflow'> }) {
  const saved = useDocument((state) => state.saved);
  const workflow = useDeferredValue(useDocument((state) => state.workflow));
  const changes = useMemo(() => (saved && workflow ? findDifferences(saved, workflow).length : 0), [saved, workflow]);
  const { publishedVersion, draftDiffers } = detail;
  const draft =
    changes > 0
      ? t('header.unsaved', { count: changes })
      : draftDiffers && publishedVersion !== null
        ? t('header.draftDiffers')
        : null;
  return (
    <>
      <span className={classes.chip}>
        {publishedVersion === null ? t('header.notPublished') : t('header.published', { version: publishedVersion })}
      </span>
      {draft !== null && (
        <span className={classes.chip} data-unsaved={changes > 0 || undefined}>
          {draft}
        </span>
      )}
    </>
  );
}

function MoreMenu() {
  const editor = useMay('editor');
  const upload = useRef<HTMLInputElement>(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Tooltip label={t('action.more')}>
            <ActionIcon aria-label={t('action.more')}>
              <IconDots size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
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
