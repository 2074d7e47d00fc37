import { Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconExternalLink, IconLogin2 } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { t } from '../../texts/t.ts';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import type { Connection } from './connection.ts';
import classes from './connections.module.css';

interface PersonalCardProps {
  connection: Connection;
  /** Of the kind, such as Salesforce. */
  label: string;
  /** The form holds what is not saved. */
  changed: boolean;
}

/** Signing in at the outside system's own page, and coming back by its redirect or with what one pastes here. */
export function PersonalCard({ connection, label: kind, changed }: PersonalCardProps) {
  const [page, setPage] = useState<string | null>(null);
  const begin = useChange('beginSignIn', []);
  const done = connection.secretsSet.includes('refreshToken');
  const comesBack = connection.settings.way !== 'paste';
  const start = () =>
    begin.mutate(
      { params: { connection: connection.name } },
      { onSuccess: ({ url }) => (comesBack ? window.location.assign(url) : setPage(url)) },
    );
  return (
    <section className={classes.card} aria-label={t('connections.signIn.title')}>
      <Title order={3}>{t('connections.signIn.title')}</Title>
      <Stack gap="sm" mt={6}>
        <Text>{t(done ? 'connections.signIn.done' : 'connections.signIn.none', { kind })}</Text>
        {begin.error && <FailureAlert error={begin.error} />}
        <Group gap="sm">
          <Button
            variant={done ? 'default' : 'filled'}
            leftSection={<IconLogin2 size={15} aria-hidden />}
            disabled={changed}
            loading={begin.isPending}
            onClick={start}
          >
            {t(done ? 'connections.signIn.again' : 'connections.signIn.begin', { kind })}
          </Button>
          {changed && (
            <Text c="dimmed" size="xs">
              {t('connections.signIn.saveFirst')}
            </Text>
          )}
        </Group>
        {page && <OpenPage url={page} kind={kind} />}
        {(page || !comesBack) && <PasteForm connection={connection} onDone={() => setPage(null)} />}
      </Stack>
    </section>
  );
}

/** A link, since browsers let no page open another one by itself after waiting. */
function OpenPage({ url, kind }: { url: string; kind: string }) {
  return (
    <Text>
      <Anchor href={url} target="_blank" rel="noopener noreferrer">
        {t('connections.signIn.open', { kind })} <IconExternalLink size={13} aria-hidden />
      </Anchor>{' '}
      {t('connections.signIn.opened')}
    </Text>
  );
}

function PasteForm({ connection, onDone }: { connection: Connection; onDone(): void }) {
  const [answer, setAnswer] = useState('');
  const finish = useChange('finishSignIn', ['listConnections', 'getCalls']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const end = () => {
      setAnswer('');
      onDone();
    };
    finish.mutate({ body: { answer: answer.trim(), connection: connection.name } }, { onSuccess: end });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {finish.error && <FailureAlert error={finish.error} />}
        <TextInput
          label={t('connections.signIn.paste')}
          description={t('connections.signIn.pasteHint')}
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <div>
          <Button type="submit" disabled={answer.trim() === ''} loading={finish.isPending}>
            {t('connections.signIn.finish')}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
