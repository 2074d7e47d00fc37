import { ActionIcon, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { isFinal, type RunState } from '../../../contract/run.ts';
import { showDone } from '../../api/notices.ts';
import { useChange } from '../../api/queries.ts';
import { useMay } from '../../shell/SessionContext.tsx';
import { t } from '../../texts/t.ts';
import { ConfirmDialog } from '../frame/ConfirmDialog.tsx';

/** Gives up the rows of a run that has ended; the run itself stays in the list. */
export function PurgeButton({ run }: { run: { id: string; workflowLabel: string; state: RunState } }) {
  const purge = useChange('purgeRun', ['getStorage', 'listRuns', 'getRun']);
  const [asking, setAsking] = useState(false);
  if (!useMay('operator') || !isFinal(run.state)) return null;
  return (
    <>
      <Tooltip label={t('storage.purge')}>
        <ActionIcon aria-label={t('storage.purgeOf', { name: run.workflowLabel })} onClick={() => setAsking(true)}>
          <IconTrash size={14} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {asking && (
        <ConfirmDialog
          title={t('storage.purgeTitle', { name: run.workflowLabel })}
          consequences={[t('storage.purgeRows'), t('storage.purgeKept')]}
          submit={t('storage.purge')}
          onSubmit={async () => {
            await purge.mutateAsync({ params: { run: run.id } });
            showDone(t('storage.purged'));
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
