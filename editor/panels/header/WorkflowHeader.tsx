import { Anchor } from '@mantine/core';
import { memo, useMemo } from 'react';
import { Link } from 'react-router';
import type { Reply } from '../../../contract/api.ts';
import { drawnSchedule } from '../../../contract/drawnSchedule.ts';
import { nodeCatalog } from '../../catalog/nodes.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { isDirty, useDocument } from '../../state/documentStore.ts';
import { formatExactInstant, formatInstantIn } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { Saving } from '../useSaving.ts';
import classes from './Header.module.css';
import { MoreMenu } from './MoreMenu.tsx';
import { PublishButton } from './PublishButton.tsx';
import { RunButton } from './RunButton.tsx';
import { RunChip } from './RunChip.tsx';
import { RunCommands } from './RunCommands.tsx';
import { RunMenu } from './RunMenu.tsx';
import { SaveButton } from './SaveButton.tsx';

interface WorkflowHeaderProps {
  detail: Reply<'getWorkflow'>;
  saving: Saving;
}

/** Where we are, in which state the draft is, and what can be done with it. */
export const WorkflowHeader = memo(function WorkflowHeader({ detail, saving }: WorkflowHeaderProps) {
  const label = useDocument((state) => state.workflow?.label ?? '');
  const editor = useMay('editor');
  return (
    <header className={classes.header}>
      <nav className={classes.crumbs} aria-label={t('header.crumbs')}>
        <Anchor component={Link} to="/workflows" c="dimmed">
          {t('nav.workflows')}
        </Anchor>
        <span aria-hidden>/</span>
        <h1 title={label}>{label}</h1>
      </nav>
      <VersionChips detail={detail} />
      <span className={classes.space} />
      <RunChip />
      <ScheduleChip detail={detail} />
      {editor && <SaveButton saving={saving} />}
      {editor && <PublishButton detail={detail} saving={saving} />}
      <RunCommands />
      <span className={classes.group}>
        <RunButton detail={detail} />
        <RunMenu />
      </span>
      <MoreMenu detail={detail} saving={saving} />
    </header>
  );
});

/** When it starts next by itself; or what is drawn, while that is not published. */
function ScheduleChip({ detail: { nextRun, publishedVersion } }: { detail: Reply<'getWorkflow'> }) {
  const nodes = useDocument((state) => state.workflow?.nodes);
  const drawn = useMemo(() => (nodes ? drawnSchedule({ nodes }, nodeCatalog) : null), [nodes]);
  const className = `${classes.chip} ${classes.wide} ${classes.next}`;
  if (nextRun)
    return (
      <span className={className} title={formatExactInstant(nextRun.at)}>
        {t('header.next', { at: formatInstantIn(nextRun.at, nextRun.timeZone) })}
      </span>
    );
  if (!drawn || publishedVersion !== null) return null;
  return (
    <span className={className} title={t('workflows.drawnHint', { schedule: drawn })}>
      {t('header.drawn', { schedule: drawn })}
    </span>
  );
}

function VersionChips({ detail }: { detail: Reply<'getWorkflow'> }) {
  const dirty = useDocument(isDirty);
  const { publishedVersion, draftDiffers } = detail;
  const differs = draftDiffers && publishedVersion !== null;
  const draft = dirty ? t('header.unsaved') : differs ? t('header.draftDiffers') : null;
  return (
    <>
      <span className={classes.chip}>
        {publishedVersion === null ? t('header.notPublished') : t('header.published', { version: publishedVersion })}
      </span>
      {draft !== null && (
        <span className={classes.chip} data-unsaved={dirty || undefined}>
          {draft}
        </span>
      )}
    </>
  );
}
