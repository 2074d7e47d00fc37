import { Button } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import type { Reply } from '../../../contract/api.ts';
import { isFinal } from '../../../contract/run.ts';
import { useRunControl } from '../../canvas/RunControlContext.ts';
import { Hint } from '../../shell/Hint.tsx';
import { useMay } from '../../shell/SessionContext.tsx';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import { useIsPublished } from './useIsPublished.ts';

/** Starts a run, and says of what: the published version while the drawing equals it (always, for an operator), or the draft. */
export function RunButton({ detail }: { detail: Reply<'getWorkflow'> }) {
  const control = useRunControl();
  const editor = useMay('editor');
  const published = useIsPublished(detail);
  const active = useRunView((view) => view.runId !== null && !isFinal(view.state));
  if (!control?.start) return null;
  const { start, pending } = control;
  const { publishedVersion: version } = detail;
  const draft = editor && !published;
  const refused = !draft && version === null;
  const hint = draft ? t('run.hint.draft') : t('run.hint.published', { version: version ?? 0 });
  const label = draft ? t('run.start.draft') : t('run.start.published', { version: version ?? 0 });
  return (
    <Hint label={refused ? t('run.notPublished') : hint}>
      <Button
        variant="filled"
        leftSection={<IconPlayerPlayFilled size={14} aria-hidden />}
        loading={pending === 'start'}
        disabled={refused || active}
        onClick={() => void start()}
      >
        {refused ? t('run.start') : label}
      </Button>
    </Hint>
  );
}
