import { Button, Group, Select, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { showFailure } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { t } from '../../texts/t.ts';
import { FailureAlert } from '../frame/FailureAlert.tsx';
import { NamingFields } from '../frame/NamingFields.tsx';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useNaming } from '../frame/useNaming.ts';
import { useParam } from '../frame/useParam.ts';
import { above, type Connection, type Connector, connectionPath } from './connection.ts';
import classes from './connections.module.css';
import { Guide } from './Guide.tsx';
import { SettingsFields } from './SettingsFields.tsx';
import { isOffered } from './settings.ts';
import { useSettings } from './useSettings.ts';

/** Where customers are comes first: it is what most connections are made for. */
const connectors = [...connectorCatalog.values()].sort(
  (a, b) => Number(b.capabilities.includes('crm')) - Number(a.capabilities.includes('crm')),
);

/** Kind, name and settings of a connection that does not exist yet, with what to prepare beside them. */
export function NewConnection({ connections }: { connections: readonly Connection[] }) {
  const [asked, setKind] = useParam('kind');
  const connector = connectorCatalog.get(asked) ?? connectors[0];
  const kind = connector?.kind ?? null;
  const kinds = (
    <Select
      label={t('connections.kind')}
      description={connector?.description ?? t('connections.kindHint')}
      data={connectors.map((one) => ({ value: one.kind, label: one.label }))}
      value={kind}
      onChange={(next) => next !== null && setKind(next)}
      allowDeselect={false}
      mb={14}
    />
  );
  return (
    <PageFrame title={t('connections.newTitle')} above={above}>
      <div className={classes.scroll}>
        {connector ? <NewForm key={kind} kinds={kinds} connector={connector} connections={connections} /> : kinds}
      </div>
    </PageFrame>
  );
}

interface NewFormProps {
  kinds: ReactNode;
  connector: Connector;
  connections: readonly Connection[];
}

function NewForm({ kinds, connector, connections }: NewFormProps) {
  const navigate = useNavigate();
  const form = useSettings(connector, null);
  const [tried, setTried] = useState(false);
  const naming = useNaming(new Set(connections.map((one) => one.name)), {
    missing: t('connections.labelMissing'),
    takenText: t('connections.nameTaken'),
    fallback: 'connection',
  });
  const create = useChange('createConnection', ['listConnections']);
  const verify = useChange('verifyConnection', ['listConnections', 'getCalls']);
  const send = (thenVerify: boolean) => {
    setTried(true);
    form.showProblems();
    if (!form.valid || !naming.valid) return;
    const { name } = naming;
    const body = { name, kind: connector.kind, label: naming.label.trim(), settings: form.body };
    const finish = () => {
      void navigate(connectionPath(name));
      if (thenVerify) verify.mutate({ params: { connection: name } }, { onError: showFailure });
    };
    create.mutate({ body }, { onSuccess: finish });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(!unfinished);
  };
  /** What its page does next comes before anything can be verified. */
  const unfinished =
    isOffered(connector.offers?.personal, form.settings) ||
    (isOffered(connector.offers?.proof, form.settings) && form.settings.privateKey === '');
  return (
    <div className={classes.columns}>
      <div>
        {kinds}
        <form onSubmit={submit} noValidate aria-label={t('connections.newTitle')}>
          <Stack gap={14}>
            {create.error && <FailureAlert error={create.error} />}
            <NamingFields
              naming={naming}
              all={tried}
              texts={{
                label: t('connections.label'),
                placeholder: t('connections.labelPlaceholder'),
                name: t('connections.name'),
                nameHint: t('connections.nameHint'),
              }}
            />
            <SettingsFields
              connector={connector}
              settings={form.settings}
              secretsSet={form.secretsSet}
              problems={form.problems}
              readOnly={false}
              onChange={form.change}
            />
            <Group gap="sm" mt="xs">
              <Button type="submit" variant="filled" loading={create.isPending}>
                {t(unfinished ? 'connections.createNext' : 'connections.create')}
              </Button>
              {!unfinished && (
                <Button disabled={create.isPending} onClick={() => send(false)}>
                  {t('connections.createOnly')}
                </Button>
              )}
              <Button variant="subtle" onClick={() => void navigate(above.to)}>
                {t('action.cancel')}
              </Button>
            </Group>
          </Stack>
        </form>
      </div>
      <div className={classes.beside}>
        <Guide guide={connector.guide} settings={form.settings} />
      </div>
    </div>
  );
}
