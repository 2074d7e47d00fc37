import { Button } from '@mantine/core';
import { IconArrowBarRight } from '@tabler/icons-react';
import { useRunControl } from '../../canvas/RunControlContext.ts';
import { Hint } from '../../shell/Hint.tsx';
import { nodeCommands } from '../../state/run/nodeCommands.ts';
import { findTroubles } from '../../state/run/troubles.ts';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';

/** Beside a retry, which keeps to the old drawing: begins at the node that failed, with the drawing as it is now. */
export function RunFromFailed() {
  const control = useRunControl();
  const { workflow } = useDrawing();
  const id = useRunView((view) => {
    const failed = findTroubles(view).find(({ kind }) => kind === 'failed')?.nodeId;
    return failed !== undefined && nodeCommands(view, failed, workflow.transitions).from ? failed : null;
  });
  const node = workflow.nodes.find((one) => one.id === id);
  if (!control?.start || !node) return null;
  const { start, pending } = control;
  return (
    <Hint label={t('run.fromFailedHint', { node: node.label })}>
      <Button
        leftSection={<IconArrowBarRight size={14} aria-hidden />}
        loading={pending === 'start'}
        onClick={() => void start({ from: node.id })}
      >
        {t('node.runFrom')}
      </Button>
    </Hint>
  );
}
