import type { RunEvent } from '../../../contract/run.ts';
import { never } from '../../../contract/run.ts';
import { formatNumber, formatTime } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { LogEntry } from './runView.ts';

type Line = Pick<LogEntry, 'level' | 'message'> & { at?: string };

/** An event as lines of the log; most events say nothing there. */
export function logEntries(event: RunEvent): LogEntry[] {
  const place = {
    nodeId: null,
    taskId: null,
    ...('nodeId' in event ? { nodeId: event.nodeId } : {}),
    ...('taskId' in event ? { taskId: event.taskId } : {}),
  };
  return linesOf(event).map((line, index) => ({ key: `${event.seq}.${index}`, at: event.at, ...place, ...line }));
}

function waitText({ reason, until, asks }: Extract<RunEvent, { type: 'task.waiting' }>): string {
  if (asks !== undefined) return t('log.asks', { question: asks });
  return until === never ? reason : t('log.waiting', { reason, at: formatTime(until) });
}

function linesOf(event: RunEvent): Line[] {
  switch (event.type) {
    case 'task.log':
      return event.lines;
    case 'task.started':
      return event.tookOver ? [{ level: 'warning', message: t('log.tookOver', { attempt: event.attempt }) }] : [];
    case 'task.waiting':
      return [{ level: 'info', message: waitText(event) }];
    case 'task.decided': {
      const { approved, by, note } = event;
      const said = approved ? t('log.approved', { by }) : t('log.refused', { by });
      return [{ level: 'info', message: note === '' ? said : `${said} ${note}` }];
    }
    case 'task.retry':
      return [{ level: 'warning', message: retryText(event) }];
    case 'task.failed':
      return [
        {
          level: event.outcome === 'failed' ? 'error' : 'warning',
          message: `${event.error.message} ${event.error.action}`,
        },
      ];
    case 'task.stopped':
      return [{ level: 'warning', message: t('log.stopped') }];
    case 'option.set':
      return [{ level: 'info', message: t('log.option', { name: event.name, old: event.old ?? '–', new: event.new }) }];
    case 'alarm':
      return [{ level: event.severity, message: event.message }];
    case 'task.succeeded':
      return [{ level: 'debug', message: t('log.succeeded', { ports: portCounts(event.ports) }) }];
    default:
      return [];
  }
}

/** The event's instant is the one of the next attempt. */
function retryText({ error, at, attempt }: Extract<RunEvent, { type: 'task.retry' }>): string {
  return t('log.retry', { message: error.message, at: formatTime(at), attempt: attempt + 1 });
}

function portCounts(ports: Record<string, number | null>): string {
  const parts = Object.entries(ports).map(([port, count]) =>
    count === null ? port : `${port} ${formatNumber(count)}`,
  );
  return parts.join(', ') || '–';
}
