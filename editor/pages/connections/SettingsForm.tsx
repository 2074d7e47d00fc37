import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { showDone, showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import type { Connection, Connector } from './connection.ts';
import { SettingsFields } from './SettingsFields.tsx';
import type { useSettings } from './useSettings.ts';

interface SettingsFormProps {
  form: ReturnType<typeof useSettings>;
  connection: Connection;
  connector: Connector;
  readOnly: boolean;
}

/** Name and settings of an existing connection. */
export function SettingsForm({ form, connection, connector, readOnly }: SettingsFormProps) {
  const [label, setLabel] = useState<string | null>(null);
  const update = useChange('updateConnection', ['listConnections', 'getCalls', 'listObjects', 'describeObject']);
  const verify = useChange('verifyConnection', ['listConnections', 'getCalls']);
  const params = { connection: connection.name };
  const shownLabel = label ?? connection.label;
  const changed = form.changed || shownLabel !== connection.label;
  const reset = () => {
    form.reset();
    setLabel(null);
    update.reset();
  };
  const send = (thenVerify: boolean) => {
    form.showProblems();
    if (!form.valid || shownLabel.trim() === '') return;
    const body = { label: shownLabel.trim(), settings: form.body };
    const finish = () => {
      reset();
      if (thenVerify) verify.mutate({ params }, { onError: showFailure });
      else showDone(t('connections.saved'));
    };
    update.mutate({ params, body }, { onSuccess: finish });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(true);
  };
  return (
    <form onSubmit={submit} noValidate aria-label={t('connections.tab.settings')}>
      <Stack gap={14}>
        {readOnly && <Text c="dimmed">{t('connections.readOnly')}</Text>}
        {update.error && <FailureAlert error={update.error} />}
        <TextInput
          label={t('connections.label')}
          maxLength={120}
          readOnly={readOnly}
          value={shownLabel}
          onChange={(event) => setLabel(event.currentTarget.value)}
          error={shownLabel.trim() === '' && t('connections.labelMissing')}
        />
        <SettingsFields
          connector={connector}
          settings={form.settings}
          secretsSet={form.secretsSet}
          problems={form.problems}
          readOnly={readOnly}
          onChange={form.change}
        />
        {!readOnly && (
          <Group gap="sm" mt="xs">
            <Button type="submit" variant="filled" disabled={!changed} loading={update.isPending || verify.isPending}>
              {t('connections.saveAndVerify')}
            </Button>
            <Button disabled={!changed} onClick={() => send(false)}>
              {t('connections.save')}
            </Button>
            {changed && (
              <>
                <Button variant="subtle" onClick={reset}>
                  {t('connections.revert')}
                </Button>
                <Text c="dimmed" size="xs" role="status">
                  {t('connections.unsaved')}
                </Text>
              </>
            )}
          </Group>
        )}
      </Stack>
    </form>
  );
}
