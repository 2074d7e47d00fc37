import type { Reply } from '../../../contract/api.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { formatInstantIn } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';

type Item = Reply<'listWorkflows'>[number];

export function DeleteWorkflowDialog({ item, onClose }: { item: Item; onClose(): void }) {
  const remove = useChange('deleteWorkflow', ['listWorkflows']);
  const submit = async () => {
    await remove.mutateAsync({ params: { workflow: item.internalName } });
    showDone(t('workflows.deleted', { name: item.label }));
  };
  return (
    <ConfirmDialog
      title={t('workflows.deleteTitle', { name: item.label })}
      consequences={consequences(item)}
      submit={t('workflows.deleteConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}

function consequences({ nextRun, activeRuns }: Item): string[] {
  return [
    t('workflows.deleteDraft'),
    ...(nextRun ? [t('workflows.deleteSchedule', { at: formatInstantIn(nextRun.at, nextRun.timeZone) })] : []),
    ...(activeRuns > 0 ? [t('workflows.deleteActive', { count: activeRuns })] : []),
    t('workflows.deleteKept'),
  ];
}
