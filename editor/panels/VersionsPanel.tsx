import { ActionIcon, Badge, Button, Group } from '@mantine/core';
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
          open={opened === version.version}
          onToggle={() => setOpened(opened === version.version ? null : version.version)}
        />
      ))}
    </section>
  );
}

function VersionItem({ version, open, onToggle }: { version: Version; open: boolean; onToggle(): void }) {
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
      {open && <VersionDetail version={version.version} />}
    </div>
  );
}

function VersionDetail({ version }: { version: number }) {
  const { workflow, editing } = useDrawing();
  const params = { workflow: workflow.internalName, version: String(version) };
  const loaded = useApi('getVersion', { params }, { staleTime: Number.POSITIVE_INFINITY });
  if (loaded.error) return <FailureView error={loaded.error} />;
  if (!loaded.data) return <LoadingView />;
  const old = loaded.data.workflow;
  const restore = () => {
    editDocument({ type: 'replace', workflow: old });
    showDone(t('versions.restored', { version }));
  };
  return (
    <>
      <DifferenceList
        title={t('versions.since')}
        differences={findDifferences(old, workflow)}
        from={old}
        to={workflow}
      />
      <Group gap="sm" mt="sm">
        <Button component={Link} to={`/workflows/${workflow.internalName}/versions/${version}`}>
          {t('versions.show')}
        </Button>
        {editing && <Button onClick={restore}>{t('versions.restore')}</Button>}
      </Group>
    </>
  );
}
