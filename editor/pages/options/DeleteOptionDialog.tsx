import type { Reply } from '../../../contract/api.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';

interface DeleteOptionDialogProps {
  option: Reply<'listOptions'>[number];
  onDeleted(): void;
  onClose(): void;
}

export function DeleteOptionDialog({ option, onDeleted, onClose }: DeleteOptionDialogProps) {
  const remove = useChange('deleteOption', ['listOptions']);
  const submit = async () => {
    await remove.mutateAsync({ params: { option: option.name } });
    showDone(t('options.deleted'));
    onDeleted();
    // The pane goes, and the dialog with it.
    return false;
  };
  return (
    <ConfirmDialog
      title={t('options.deleteTitle')}
      consequences={[
        option.isCursor ? t('options.deleteCursor') : t('options.deletePlain'),
        t('options.deleteHistory'),
      ]}
      submit={t('options.deleteConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
