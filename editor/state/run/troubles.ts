import type { NodeView, RunView } from './runView.ts';

export interface Trouble {
  nodeId: string;
  kind: 'failed' | 'ignored' | 'retry' | 'warning' | 'asks';
  message: string;
  /** What to do now; empty where time may mend it. */
  action: string;
  /** The instant of the next attempt. */
  again: string | null;
}

const order: Record<Trouble['kind'], number> = { failed: 0, asks: 1, retry: 2, warning: 3, ignored: 4 };

/** Which nodes of the run went wrong or are held up, the worst first. */
export function findTroubles({ nodes }: Pick<RunView, 'nodes'>): Trouble[] {
  return Object.entries(nodes)
    .flatMap(([nodeId, node]) => troubleOf(nodeId, node))
    .sort((a, b) => order[a.kind] - order[b.kind]);
}

function troubleOf(nodeId: string, { state, error, due, notice }: NodeView): Trouble[] {
  if (due?.asks !== undefined) return [{ nodeId, kind: 'asks', message: due.asks, action: '', again: null }];
  if (error && (state === 'failed' || state === 'ignored'))
    return [{ nodeId, kind: state, message: error.message, action: error.action, again: null }];
  if (error && due && state === 'pending')
    return [{ nodeId, kind: 'retry', message: error.message, action: '', again: due.at }];
  if (notice && state === 'running')
    return [{ nodeId, kind: 'warning', message: notice.message, action: '', again: null }];
  return [];
}
