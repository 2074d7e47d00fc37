/** What a running node says: log lines and progress, written at most four times a second. */
import type { LogLevel, Progress, RunEventBody } from '../../contract/run.ts';
import { cleanText } from '../../contract/types.ts';
import { nowText } from '../db/clock.ts';
import type { TaskRow } from '../db/rows.ts';
import type { RunChange } from '../runs/changeRun.ts';
import type { Host } from './host.ts';
import { commitChange } from './host.ts';

type LogLine = Extract<RunEventBody, { type: 'task.log' }>['lines'][number];

export interface Report {
  log(level: LogLevel, message: string): void;
  progress(progress: Progress, ports: Record<string, number>): void;
  /** No more writes of its own; waits for the one under way. */
  close(): Promise<void>;
  /** After `close`: whether there is something left. */
  hasMore(): boolean;
  /** After `close`: puts what is left into the change that ends the attempt. May be repeated with it. */
  finish(change: RunChange): Promise<void>;
}

const pause = 250;
const linesKept = 10_000;
const longestLine = 10_000;

/** `onFenced` is called when the task turned out to belong to another attempt. */
export function openReport(host: Host, task: TaskRow, onFenced: () => void): Report {
  let lines: LogLine[] = [];
  let latest: { progress: Progress; ports: Record<string, number> } | null = null;
  let logged = task.log_lines;
  let dropped = 0;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();
  let cancel: (() => void) | null = null;

  const take = (): { lines: LogLine[]; latest: typeof latest } => {
    const taken = { lines, latest };
    lines = [];
    latest = null;
    return taken;
  };
  const flush = async (): Promise<void> => {
    cancel = null;
    const { lines: taken, latest: progress } = take();
    const held = await commitChange(host, task.run_id, async (change) => {
      if (!(await holdsTask(change, task, { logged, progress: progress?.progress ?? null }))) return false;
      emitLines(change, task, taken);
      if (progress) change.emit({ type: 'task.progress', taskId: task.id, nodeId: task.node_id, ...progress });
      return true;
    });
    if (!held) onFenced();
  };
  const fail = (error: unknown): void => host.log.warn({ err: error, task: task.id }, 'progress was not written');
  const schedule = (): void => {
    if (closed || cancel) return;
    cancel = host.clock.after(pause, () => {
      writing = writing.then(flush).catch(fail);
    });
  };
  const close = (): Promise<void> => {
    closed = true;
    cancel?.();
    cancel = null;
    return writing;
  };

  return {
    log(level, message) {
      if (closed) return;
      if (logged >= linesKept) dropped += 1;
      else {
        logged += 1;
        lines.push({ at: nowText(host.clock), level, message: cleanText(message).text.slice(0, longestLine) });
        schedule();
      }
    },
    progress(progress, ports) {
      if (closed) return;
      latest = { progress, ports };
      schedule();
    },
    hasMore: () => lines.length > 0 || dropped > 0 || logged > task.log_lines,
    async finish(change) {
      emitLines(change, task, dropped > 0 ? [...lines, droppedLine(change.at, dropped)] : lines);
      if (logged > task.log_lines) await change.tx('tasks').where({ id: task.id }).update({ log_lines: logged });
    },
    close,
  };
}

async function holdsTask(
  change: RunChange,
  task: TaskRow,
  { logged, progress }: { logged: number; progress: Progress | null },
): Promise<boolean> {
  const held = await change
    .tx('tasks')
    .where({ id: task.id, attempt: task.attempt, state: 'running' })
    .update({ log_lines: logged, ...(progress ? { progress: JSON.stringify(progress) } : {}) });
  return held > 0;
}

function emitLines(change: RunChange, task: TaskRow, lines: LogLine[]): void {
  if (lines.length > 0) change.emit({ type: 'task.log', taskId: task.id, nodeId: task.node_id, lines });
}

function droppedLine(at: string, dropped: number): LogLine {
  return { at, level: 'warning', message: `${dropped} more lines were not kept: a task keeps ${linesKept}.` };
}
