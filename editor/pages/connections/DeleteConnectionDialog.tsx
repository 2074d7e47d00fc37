import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';
import type { Connection } from './connection.ts';

interface DeleteConnectionDialogProps {
  connection: Connection;
  onDeleted(): void;
  onClose(): void;
}

export function DeleteConnectionDialog({ connection, onDeleted, onClose }: DeleteConnectionDialogProps) {
  const { name, label } = connection;
  const remove = useChange('deleteConnection', ['listConnections']);
  const submit = async () => {
    await remove.mutateAsync({ params: { connection: name } });
    showDone(t('connections.deleted', { name: label }));
    onDeleted();
  };
  return (
    <ConfirmDialog
      title={t('connections.deleteTitle', { name: label })}
      consequences={[t('connections.deleteSecrets'), t('connections.deleteUsed')]}
      submit={t('connections.deleteConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
