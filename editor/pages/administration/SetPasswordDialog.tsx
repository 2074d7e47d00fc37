import { Text } from '@mantine/core';
import { useState } from 'react';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { PasswordField, passwordProblem } from './PasswordField.tsx';

export function SetPasswordDialog({ name, onClose }: { name: string; onClose(): void }) {
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const update = useChange('updateUser', ['listUsers']);
  const problem = passwordProblem(password);
  const submit = async () => {
    setTried(true);
    if (problem !== null) return false;
    await update.mutateAsync({ params: { user: name }, body: { password } });
    showDone(t('users.passwordSet', { name }));
    return true;
  };
  return (
    <FormDialog
      title={t('users.passwordTitle', { name })}
      submit={t('users.passwordConfirm')}
      onSubmit={submit}
      onClose={onClose}
    >
      <PasswordField value={password} onChange={setPassword} error={tried ? problem : null} />
      <Text c="dimmed" size="xs">
        {t('users.passwordConsequence', { name })}
      </Text>
    </FormDialog>
  );
}
