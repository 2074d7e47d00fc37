import { Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { ShownWhen } from '../../../contract/form.ts';
import { connectorCatalog } from '../../catalog/connectors.ts';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useParam } from '../frame/useParam.ts';
import { CallsCard } from './CallsCard.tsx';
import { above, type Connection, type Connector } from './connection.ts';
import classes from './connections.module.css';
import { DeleteConnectionDialog } from './DeleteConnectionDialog.tsx';
import { Guide } from './Guide.tsx';
import { ObjectBrowser } from './ObjectBrowser.tsx';
import { PersonalCard } from './PersonalCard.tsx';
import { ProofCard } from './ProofCard.tsx';
import { SettingsForm } from './SettingsForm.tsx';
import { initialSettings, isOffered } from './settings.ts';
import { useSettings } from './useSettings.ts';
import { VerifiedCard } from './VerifiedCard.tsx';

/** One connection: its settings, whether they work, and what lies behind it. */
export function ConnectionView({ name, connections }: { name: string; connections: readonly Connection[] }) {
  const connection = connections.find((one) => one.name === name);
  const navigate = useNavigate();
  const mayEdit = useMay('editor');
  const [tab, setTab] = useParam('tab');
  const [deleting, setDeleting] = useState(false);
  if (!connection) return <GoneConnection name={name} />;
  const browses = connection.capabilities.includes('crm');
  return (
    <PageFrame
      title={connection.label}
      above={above}
      aside={<code className={classes.code}>{name}</code>}
      actions={mayEdit && <Button onClick={() => setDeleting(true)}>{t('connections.delete')}</Button>}
    >
      <Tabs
        className={classes.tabs ?? ''}
        value={tab === 'objects' && browses ? 'objects' : 'settings'}
        onChange={(next) => setTab(next === 'objects' ? 'objects' : '')}
        keepMounted={false}
      >
        <Tabs.List className={classes.tabList ?? ''}>
          <Tabs.Tab value="settings">{t('connections.tab.settings')}</Tabs.Tab>
          {browses && <Tabs.Tab value="objects">{t('connections.tab.objects')}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="settings" className={classes.scroll ?? ''}>
          <Settings connection={connection} mayEdit={mayEdit} />
        </Tabs.Panel>
        <Tabs.Panel value="objects" className={classes.browse ?? ''}>
          <ObjectBrowser connection={name} />
        </Tabs.Panel>
      </Tabs>
      {deleting && (
        <DeleteConnectionDialog
          connection={connection}
          onDeleted={() => void navigate(above.to)}
          onClose={() => setDeleting(false)}
        />
      )}
    </PageFrame>
  );
}

function Settings({ connection, mayEdit }: { connection: Connection; mayEdit: boolean }) {
  const connector = connectorCatalog.get(connection.kind);
  if (!connector) {
    return (
      <EmptyView
        title={t('connections.unknownKind', { kind: connection.kind })}
        text={t('connections.unknownKindAction')}
        alert
      />
    );
  }
  return <KnownSettings connection={connection} connector={connector} mayEdit={mayEdit} />;
}

interface KnownSettingsProps {
  connection: Connection;
  connector: Connector;
  mayEdit: boolean;
}

function KnownSettings({ connection, connector, mayEdit }: KnownSettingsProps) {
  const form = useSettings(connector, connection);
  const { offers = {} } = connector;
  const offer = (when: ShownWhen | undefined): boolean =>
    mayEdit && isOffered(when, initialSettings(connector, connection.settings));
  return (
    <div className={classes.columns}>
      <SettingsForm form={form} connection={connection} connector={connector} readOnly={!mayEdit} />
      <div className={classes.beside}>
        <VerifiedCard connection={connection} mayVerify={mayEdit} changed={form.changed} />
        {offer(offers.personal) && (
          <PersonalCard connection={connection} label={connector.label} changed={form.changed} />
        )}
        {offer(offers.proof) && <ProofCard connection={connection} label={connector.label} />}
        {connection.capabilities.includes('crm') && <CallsCard connection={connection} limits={connector.callLimits} />}
        <Guide guide={connector.guide} settings={form.settings} />
      </div>
    </div>
  );
}

function GoneConnection({ name }: { name: string }) {
  return (
    <PageFrame title={name} above={above}>
      <EmptyView title={t('connections.gone', { name })} text={t('connections.goneText')}>
        <Button component={Link} to={above.to}>
          {t('connections.goneAction')}
        </Button>
      </EmptyView>
    </PageFrame>
  );
}
