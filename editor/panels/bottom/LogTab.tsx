import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { EmptyView } from '../../shell/PageStates.tsx';
import { useRunView } from '../../state/runStore.ts';
import { showNode } from '../../state/viewStore.ts';
import { t } from '../../texts/t.ts';
import { useDrawing } from '../DrawingContext.ts';
import { LogLines } from '../LogLines.tsx';
import classes from './Tabs.module.css';

const order = { debug: 0, info: 1, warning: 2, error: 3 };
const levels = ['debug', 'info', 'warning', 'error'] as const;

/** Everything the run said, from the chosen level on. */
export function LogTab() {
  const { workflow } = useDrawing();
  const log = useRunView((view) => view.log);
  const dropped = useRunView((view) => view.dropped);
  const [level, setLevel] = useState<(typeof levels)[number]>('info');
  const lines = useMemo(() => log.filter((entry) => order[entry.level] >= order[level]), [log, level]);
  const names = useMemo(() => new Map(workflow.nodes.map((node) => [node.id, node.label])), [workflow.nodes]);
  if (log.length === 0) return <EmptyView title={t('log.empty')} text={t('log.emptyHint')} />;
  return (
    <div className={classes.stack}>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t('log.level')}
          value={level}
          onChange={(value) => setLevel(value as typeof level)}
          data={levels.map((value) => ({ value, label: t(`log.from.${value}`) }))}
        />
        {dropped > 0 && <span>{t('log.dropped', { count: dropped })}</span>}
      </div>
      <div className={classes.fill}>
        <LogLines lines={lines} names={names} onOpen={(id) => showNode(id, { tab: 'log' })} />
      </div>
    </div>
  );
}
