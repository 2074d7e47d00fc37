import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Role } from '../../../contract/api.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { CopyField } from '../frame/CopyField.tsx';
import { FormDialog } from '../frame/FormDialog.tsx';
import { RoleField } from './RoleField.tsx';

/** Asks for purpose and role; then shows the secret, which is nowhere to be seen again. */
export function NewTokenDialog({ onClose }: { onClose(): void }) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null) return <SecretDialog secret={secret} onClose={onClose} />;
  return <TokenForm onCreated={setSecret} onClose={onClose} />;
}

function TokenForm({ onCreated, onClose }: { onCreated(secret: string): void; onClose(): void }) {
  const [label, setLabel] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [tried, setTried] = useState(false);
  const create = useChange('createToken', ['listTokens']);
  const missing = label.trim() === '';
  const submit = async () => {
    setTried(true);
    if (missing) return false;
    const { secret } = await create.mutateAsync({ body: { label: label.trim(), role } });
    onCreated(secret);
    // Closing is up to the dialog that shows the secret.
    return false;
  };
  return (
    <FormDialog title={t('tokens.newTitle')} submit={t('tokens.create')} onSubmit={submit} onClose={onClose}>
      <TextInput
        data-autofocus
        label={t('tokens.label')}
        placeholder={t('tokens.labelPlaceholder')}
        maxLength={120}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        error={tried && missing && t('tokens.labelMissing')}
      />
      <RoleField value={role} onChange={setRole} />
    </FormDialog>
  );
}

/** Closes by its button only: a slip must not lose the secret. */
function SecretDialog({ secret, onClose }: { secret: string; onClose(): void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('tokens.secretTitle')}
      size={520}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack gap="md">
        <Text>{t('tokens.secretText')}</Text>
        <CopyField label={t('tokens.secret')} value={secret} />
        <CopyField label={t('tokens.header')} value={`Authorization: Bearer ${secret}`} />
        <Group justify="flex-end">
          <Button variant="filled" onClick={onClose}>
            {t('tokens.secretDone')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
