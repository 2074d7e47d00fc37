import { useMemo } from 'react';
import type { LogEntry } from '../../state/run/runView.ts';
import { useRunView } from '../../state/runStore.ts';
import { t } from '../../texts/t.ts';
import { LogLines } from '../LogLines.tsx';
import classes from './Inspector.module.css';

/** Lines of one node, without those that only say it is done. */
export function useNodeLog(nodeId: string): readonly LogEntry[] {
  const log = useRunView((view) => view.log);
  return useMemo(() => log.filter((entry) => entry.nodeId === nodeId && entry.level !== 'debug'), [log, nodeId]);
}

export function NodeLogTab({ nodeId }: { nodeId: string }) {
  const lines = useNodeLog(nodeId);
  if (lines.length === 0) return <p className={classes.type}>{t('log.emptyNode')}</p>;
  return <LogLines lines={lines} />;
}
