import {
  Alert,
  Anchor,
  Button,
  Center,
  Loader,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router';
import { describeFailure } from '../api/apiError.ts';
import { call } from '../api/call.ts';
import { queryKey } from '../api/queries.ts';
import { Logo } from '../shell/Logo.tsx';
import type { Session } from '../shell/SessionContext.tsx';
import { t } from '../texts/t.ts';

/** `/sign-in?next=…` with a password, `/sign-in#token=…` by the one-time link of the first start: what follows # is in no log. */
export function SignInPage() {
  // From the router: a link that is pasted while this page is open changes nothing but the hash.
  const { hash } = useLocation();
  const token = new URLSearchParams(hash.slice(1)).get('token');
  return (
    <Center h="100%" p="lg">
      <Paper withBorder p="xl" w={360} radius="lg">
        <Stack gap="md">
          <Stack gap="sm" align="flex-start">
            <Logo size={28} />
            <Title order={1}>{t('signIn.title')}</Title>
          </Stack>
          {token ? <LinkSignIn key={token} token={token} /> : <PasswordForm />}
        </Stack>
      </Paper>
    </Center>
  );
}

/** Where to go after signing in: a path of our own, never another site. */
function useEnter(): (session: Session) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const next = search.get('next') ?? '/';
  return (session) => {
    client.setQueryData(queryKey('getSession'), session);
    void navigate(/^\/(?![/\\])/.test(next) ? next : '/', { replace: true });
  };
}

function PasswordForm() {
  const enter = useEnter();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      enter(await call('signIn', { body: { name, password } }));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        {error !== null && <FailureAlert error={error} />}
        <TextInput
          label={t('signIn.name')}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('signIn.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="filled" loading={busy}>
          {t('signIn.submit')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('signIn.hint')}
        </Text>
      </Stack>
    </form>
  );
}

function LinkSignIn({ token }: { token: string }) {
  const enter = useEnter();
  const [error, setError] = useState<unknown>(null);
  const used = useRef(false);
  useEffect(() => {
    // The link works once; a second effect (strict mode) must not spend it again.
    if (used.current) return;
    used.current = true;
    call('signInByLink', { body: { token } }).then(enter, setError);
  }, [token, enter]);
  if (error === null) {
    return (
      <Stack align="center" gap="sm">
        <Loader size="sm" />
        <Text c="dimmed">{t('signIn.byLink')}</Text>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <FailureAlert error={error} />
      <Anchor component={Link} to="/sign-in" reloadDocument>
        {t('signIn.tryPassword')}
      </Anchor>
    </Stack>
  );
}

function FailureAlert({ error }: { error: unknown }) {
  const { message, action } = describeFailure(error);
  return (
    <Alert color="red" title={message} role="alert">
      {action}
    </Alert>
  );
}
