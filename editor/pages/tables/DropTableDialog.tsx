import type { Reply } from '../../../contract/api.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';

interface DropTableDialogProps {
  table: Reply<'listLocalTables'>[number];
  onDropped?(): void;
  onClose(): void;
}

export function DropTableDialog({ table: { name, rows }, onDropped, onClose }: DropTableDialogProps) {
  const drop = useChange('deleteLocalTable', ['listLocalTables']);
  const submit = async () => {
    await drop.mutateAsync({ params: { table: name } });
    showDone(t('data.dropped', { name }));
    onDropped?.();
  };
  return (
    <ConfirmDialog
      title={t('data.dropTitle', { name })}
      consequences={[t('data.dropRows', { count: rows }), t('data.dropNodes'), t('data.dropCursors')]}
      submit={t('data.dropConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
