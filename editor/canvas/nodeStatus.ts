import { never } from '../../contract/run.ts';
import type { NodeView } from '../state/run/runView.ts';
import { formatInstant, formatTime } from '../texts/format.ts';
import { t } from '../texts/t.ts';

export interface NodeStatus {
  /** One line under the node's name. */
  text: string;
  /** The whole of it, when pointed at. */
  title: string;
  tone: 'err' | 'rej' | 'wait' | 'mute';
}

/**
 * What matters more than the node's summary just now: why it failed, why it waits, what keeps it busy, why it did not run.
 * `behind`: the label of the node at which a simulation ended in front of it.
 */
export function nodeStatus(run: NodeView | undefined, behind?: string): NodeStatus | null {
  if (!run && behind !== undefined)
    return { text: t('canvas.leftOut'), title: t('canvas.leftOutHint', { node: behind }), tone: 'mute' };
  if (!run) return null;
  const { state, error, due, notice, attempt, rowsIn } = run;
  if ((state === 'failed' || state === 'ignored') && error)
    return {
      text: error.message,
      title: `${error.message}\n${error.action}`,
      tone: state === 'failed' ? 'err' : 'rej',
    };
  if (due?.asks !== undefined) return { text: t('canvas.asks'), title: due.asks, tone: 'wait' };
  if (due?.at === never) return { text: due.reason, title: due.reason, tone: 'wait' };
  if (due && state === 'waiting') {
    const text = t('canvas.waitsUntil', { at: formatInstant(due.at) });
    return { text, title: [due.reason, text].filter(Boolean).join('\n'), tone: 'wait' };
  }
  if (due) {
    const text = t('canvas.triesAgain', { at: formatTime(due.at), attempt: attempt + 1 });
    return { text, title: error ? `${error.message}\n${text}` : text, tone: 'rej' };
  }
  if (run.would !== null)
    return {
      text: t('canvas.would', { count: rowsIn }),
      title: t('canvas.wouldHint', { would: run.would, count: rowsIn }),
      tone: 'wait',
    };
  if (state === 'running' && notice) return { text: notice.message, title: notice.message, tone: 'rej' };
  return null;
}
