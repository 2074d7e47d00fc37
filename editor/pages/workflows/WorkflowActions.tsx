import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconDownload,
  IconListDetails,
  IconPencil,
  IconPlayerPlayFilled,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { serializeWorkflow } from '../../../contract/workflow.ts';
import { call } from '../../api/call.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { saveFile } from '../frame/saveFile.ts';
import { CopyWorkflowDialog } from './CopyWorkflowDialog.tsx';
import { DeleteWorkflowDialog } from './DeleteWorkflowDialog.tsx';
import classes from './workflows.module.css';

type Item = Reply<'listWorkflows'>[number];

/** What can be done with one workflow from the list. */
export function WorkflowActions({ item, taken }: { item: Item; taken: ReadonlySet<string> }) {
  const [open, setOpen] = useState<'copy' | 'delete' | null>(null);
  const navigate = useNavigate();
  const mayEdit = useMay('editor');
  const { internalName } = item;
  return (
    <>
      {useMay('operator') && <RunButton item={item} />}
      <Menu width={190}>
        <Menu.Target>
          <ActionIcon aria-label={t('list.actionsOf', { name: item.label })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={15} aria-hidden />}
            onClick={() => void navigate(`/workflows/${internalName}`)}
          >
            {t('workflows.open')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconListDetails size={15} aria-hidden />}
            onClick={() => void navigate(`/runs?workflow=${internalName}`)}
          >
            {t('workflows.showRuns')}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={15} aria-hidden />} onClick={() => void exportFile(internalName)}>
            {t('workflows.export')}
          </Menu.Item>
          {mayEdit && (
            <>
              <Menu.Item leftSection={<IconCopy size={15} aria-hidden />} onClick={() => setOpen('copy')}>
                {t('workflows.copy')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                color="var(--err)"
                leftSection={<IconTrash size={15} aria-hidden />}
                onClick={() => setOpen('delete')}
              >
                {t('workflows.delete')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'copy' && <CopyWorkflowDialog item={item} taken={taken} onClose={() => setOpen(null)} />}
      {open === 'delete' && <DeleteWorkflowDialog item={item} onClose={() => setOpen(null)} />}
    </>
  );
}

function RunButton({ item: { internalName, label, publishedVersion } }: { item: Item }) {
  const start = useChange('startRun', ['listWorkflows', 'listRuns']);
  const run = () =>
    start.mutate(
      { params: { workflow: internalName }, body: { which: 'published' } },
      { onSuccess: () => showDone(t('workflows.started', { name: label })), onError: showFailure },
    );
  const hint =
    publishedVersion === null ? t('workflows.runUnpublished') : t('workflows.runHint', { version: publishedVersion });
  return (
    <Tooltip label={hint}>
      <ActionIcon
        aria-label={t('workflows.run', { name: label })}
        color="var(--accent)"
        className={publishedVersion === null ? classes.idle : undefined}
        aria-disabled={publishedVersion === null}
        loading={start.isPending}
        onClick={publishedVersion === null ? undefined : run}
      >
        <IconPlayerPlayFilled size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** The draft as the file that `import` and the command line read. */
async function exportFile(internalName: string): Promise<void> {
  try {
    const { workflow } = await call('getWorkflow', { params: { workflow: internalName } });
    saveFile(`${internalName}.json`, serializeWorkflow(workflow), 'application/json');
  } catch (error) {
    showFailure(error);
  }
}
