import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, type Role } from '../../../contract/api.ts';
import { foldText } from '../../../contract/types.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { PasswordField, passwordProblem } from './PasswordField.tsx';
import { RoleField } from './RoleField.tsx';

export function NewUserDialog({ taken, onClose }: { taken: readonly string[]; onClose(): void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const create = useChange('createUser', ['listUsers']);
  const problems = { name: nameProblem(name, taken), password: passwordProblem(password) };
  const submit = async () => {
    setTried(true);
    if (problems.name !== null || problems.password !== null) return false;
    await create.mutateAsync({ body: { name, role, password } });
    showDone(t('users.created', { name }));
    return true;
  };
  return (
    <FormDialog title={t('users.newTitle')} submit={t('users.create')} onSubmit={submit} onClose={onClose}>
      <TextInput
        data-autofocus
        label={t('users.name')}
        description={t('users.nameHint')}
        autoComplete="off"
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={(tried || name !== '') && problems.name}
      />
      <RoleField value={role} onChange={setRole} />
      <PasswordField value={password} onChange={setPassword} error={tried ? problems.password : null} />
    </FormDialog>
  );
}

/** Upper and lower case are the same name, as when signing in. */
function nameProblem(name: string, taken: readonly string[]): string | null {
  if (taken.some((one) => foldText(one) === foldText(name))) return t('users.nameTaken');
  return api.createUser.body.shape.name.safeParse(name).success ? null : t('users.nameInvalid');
}
