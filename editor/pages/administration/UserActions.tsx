import { ActionIcon, Menu } from '@mantine/core';
import { IconBan, IconCheck, IconDots, IconKey, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Reply } from '../../../contract/api.ts';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';
import { SetPasswordDialog } from './SetPasswordDialog.tsx';

export function UserActions({ user }: { user: Reply<'listUsers'>[number] }) {
  const { name, disabled } = user;
  const [open, setOpen] = useState<'password' | 'delete' | null>(null);
  const update = useChange('updateUser', ['listUsers']);
  const toggle = () =>
    update.mutate(
      { params: { user: name }, body: { disabled: !disabled } },
      {
        onSuccess: () => showDone(t(disabled ? 'users.nowEnabled' : 'users.nowDisabled', { name })),
        onError: showFailure,
      },
    );
  return (
    <>
      <Menu width={200}>
        <Menu.Target>
          <ActionIcon aria-label={t('list.actionsOf', { name })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconKey size={15} aria-hidden />} onClick={() => setOpen('password')}>
            {t('users.setPassword')}
          </Menu.Item>
          <Menu.Item
            leftSection={disabled ? <IconCheck size={15} aria-hidden /> : <IconBan size={15} aria-hidden />}
            onClick={toggle}
          >
            {t(disabled ? 'users.enable' : 'users.disable')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="var(--err)"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => setOpen('delete')}
          >
            {t('users.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'password' && <SetPasswordDialog name={name} onClose={() => setOpen(null)} />}
      {open === 'delete' && <DeleteUserDialog name={name} onClose={() => setOpen(null)} />}
    </>
  );
}

function DeleteUserDialog({ name, onClose }: { name: string; onClose(): void }) {
  const remove = useChange('deleteUser', ['listUsers']);
  const submit = async () => {
    await remove.mutateAsync({ params: { user: name } });
    showDone(t('users.deleted', { name }));
  };
  return (
    <ConfirmDialog
      title={t('users.deleteTitle', { name })}
      consequences={[t('users.deleteSessions', { name }), t('users.deleteKept')]}
      submit={t('users.deleteConfirm')}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
