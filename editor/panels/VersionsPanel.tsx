import { ActionIcon, Badge, Button, Group, Select, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../contract/api.ts';
import { showDone } from '../api/notices.ts';
import { useApi } from '../api/queries.ts';
import { EmptyView, FailureView, LoadingView } from '../shell/PageStates.tsx';
import { findDifferences } from '../state/document/differences.ts';
import { editDocument } from '../state/documentStore.ts';
import { setView } from '../state/viewStore.ts';
import { formatInstant } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import { DifferenceList } from './DifferenceList.tsx';
import { useDrawing } from './DrawingContext.ts';
import classes from './inspector/Inspector.module.css';

type Version = Reply<'listVersions'>[number];

/** All published versions: look at one, see what differs from the draft, restore it (which can be undone). */
export function VersionsPanel() {
  const { workflow } = useDrawing();
  const params = { workflow: workflow.internalName };
  const versions = useApi('listVersions', { params });
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <section className={classes.plain} aria-label={t('versions.title')}>
      <Group justify="space-between">
        <h2>{t('versions.title')}</h2>
        <ActionIcon aria-label={t('action.close')} onClick={() => setView({ right: 'inspector' })}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
      {versions.error && <FailureView error={versions.error} onRetry={() => void versions.refetch()} />}
      {versions.isPending && <LoadingView />}
      {versions.data?.length === 0 && <EmptyView title={t('versions.none')} text={t('versions.noneHint')} />}
      {versions.data?.map((version) => (
        <VersionItem
          key={version.version}
          version={version}
          versions={versions.data}
          open={opened === version.version}
          onToggle={() => setOpened(opened === version.version ? null : version.version)}
        />
      ))}
    </section>
  );
}

interface VersionItemProps {
  version: Version;
  versions: readonly Version[];
  open: boolean;
  onToggle(): void;
}

function VersionItem({ version, versions, open, onToggle }: VersionItemProps) {
  return (
    <div className={classes.general}>
      <Group justify="space-between" wrap="nowrap">
        <Button variant="subtle" color="gray" px={4} aria-expanded={open} onClick={onToggle}>
          {t('runs.versionNumber', { version: version.version })}
        </Button>
        {version.published && <Badge color="teal">{t('versions.published')}</Badge>}
        <span className={classes.type}>
          {formatInstant(version.at)} · {version.by}
        </span>
      </Group>
      {version.note !== '' && <p>{version.note}</p>}
      {open && <VersionDetail version={version.version} versions={versions} />}
    </div>
  );
}

const newest = { staleTime: Number.POSITIVE_INFINITY };

/** What changed from this version to the draft, or to any other version. */
function VersionDetail({ version, versions }: { version: number; versions: readonly Version[] }) {
  const { workflow, editing } = useDrawing();
  const { internalName } = workflow;
  const [other, setOther] = useState<string | null>(null);
  const loaded = useApi('getVersion', { params: { workflow: internalName, version: String(version) } }, newest);
  const compared = useApi(
    'getVersion',
    { params: { workflow: internalName, version: other ?? '' } },
    { ...newest, enabled: other !== null },
  );
  const error = loaded.error ?? compared.error;
  if (error) return <FailureView error={error} />;
  const old = loaded.data?.workflow;
  const to = other === null ? workflow : compared.data?.workflow;
  if (!old || !to) return <LoadingView />;
  const restore = () => {
    editDocument({ type: 'replace', workflow: old });
    showDone(t('versions.restored', { version }));
  };
  const others = versions.filter((one) => one.version !== version).map((one) => String(one.version));
  return (
    <Stack gap="sm" mt="xs">
      <Select
        label={t('versions.compareWith')}
        placeholder={t('runs.draft')}
        clearable
        data={others.map((value) => ({ value, label: t('runs.versionNumber', { version: Number(value) }) }))}
        value={other}
        onChange={setOther}
      />
      <DifferenceList title={t('versions.since')} differences={findDifferences(old, to)} from={old} to={to} />
      <Group gap="sm">
        <Button component={Link} to={`/workflows/${internalName}/versions/${version}`}>
          {t('versions.show')}
        </Button>
        {editing && <Button onClick={restore}>{t('versions.restore')}</Button>}
      </Group>
    </Stack>
  );
}
