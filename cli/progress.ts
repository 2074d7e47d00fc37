import type { RunEvent } from '../contract/run.ts';
import { isFinal } from '../contract/run.ts';
import type { Workflow } from '../contract/workflow.ts';
import type { Terminal } from './terminal.ts';

/** Shows what happens while a run goes on. */
export interface Progress {
  show(events: readonly RunEvent[]): void;
  /** Draws the last state and leaves the cursor behind it. */
  end(): void;
}

interface NodeLine {
  mark: string;
  text: string;
}

const marks = { waiting: '·', running: '◐', done: '✓', failed: '▲', stopped: '■', retry: '↻' };
const redrawMs = 100;

export function createProgress(workflow: Workflow, terminal: Terminal): Progress {
  return terminal.err.isTTY ? liveProgress(workflow, terminal) : plainProgress(workflow, terminal);
}

const thousands = new Intl.NumberFormat('en-GB');
/** Words of other systems may hold anything; a terminal obeys control characters. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function portsText(ports: Record<string, number | null>): string {
  const counted = Object.entries(ports).filter(([, count]) => count !== null);
  return counted.map(([port, count]) => `${port} ${thousands.format(count ?? 0)}`).join(' · ');
}

function startText({ attempt, tookOver }: Extract<RunEvent, { type: 'task.started' }>): string {
  const text = attempt > 1 ? `attempt ${attempt}` : 'started';
  return tookOver ? `${text} (the engine of the one before ended)` : text;
}

/** What an event says of its node; null where it says nothing new to people. */
function lineOf(event: RunEvent): NodeLine | null {
  switch (event.type) {
    case 'task.started':
      return { mark: marks.running, text: startText(event) };
    case 'task.progress': {
      const { done, total, unit } = event.progress;
      const of = total === null ? '' : ` of ${thousands.format(total)}`;
      return { mark: marks.running, text: `${thousands.format(done)}${of} ${unit}` };
    }
    case 'task.waiting':
      if (event.asks !== undefined) return { mark: marks.waiting, text: `waits for approval: ${event.asks}` };
      return { mark: marks.waiting, text: `waits until ${event.until} (${event.reason})` };
    case 'task.decided':
      return {
        mark: marks.running,
        text: `${event.approved ? 'approved' : 'refused'} by ${event.by} ${event.note}`.trimEnd(),
      };
    case 'task.retry':
      return { mark: marks.retry, text: `will be tried again at ${event.at}: ${event.error.message}` };
    case 'task.simulated':
      return { mark: marks.done, text: `not run: it would ${event.would} (${thousands.format(event.rowsIn)} rows in)` };
    case 'task.succeeded':
      return {
        mark: marks.done,
        text: [portsText(event.ports), seconds(event.durationMs)].filter(Boolean).join(' · '),
      };
    case 'task.failed':
      return { mark: marks.failed, text: `${event.error.message} ${event.error.action}` };
    case 'task.stopped':
      return { mark: marks.stopped, text: 'stopped' };
    default:
      return null;
  }
}

/** What is said once, whatever else is shown. */
function noticeOf(event: RunEvent): string | null {
  if (event.type === 'alarm') return `${event.severity}: ${event.message}`;
  if (event.type === 'option.set') return `option ${event.name} = ${event.new}`;
  if (event.type === 'run.state' && isFinal(event.state)) return `run ${event.state}`;
  return null;
}

/** One line per event that matters: for logs of CI and for pipes. Progress within a node is left out. */
function plainProgress(workflow: Workflow, { err }: Terminal): Progress {
  const names = new Map(workflow.nodes.map((node) => [node.id, node.name]));
  return {
    show(events) {
      for (const event of events) {
        const notice = noticeOf(event);
        const line = event.type === 'task.progress' ? null : lineOf(event);
        if (notice) err.write(`${plain(notice)}\n`);
        if (line && 'nodeId' in event)
          err.write(`${line.mark} ${names.get(event.nodeId ?? '') ?? ''}: ${plain(line.text)}\n`);
      }
    },
    end: () => undefined,
  };
}

/** One line per node, drawn over and over in place. */
function liveProgress(workflow: Workflow, { err }: Terminal): Progress {
  const lines = new Map<string, NodeLine>(workflow.nodes.map((node) => [node.id, { mark: marks.waiting, text: '' }]));
  const width = Math.max(0, ...workflow.nodes.map((node) => node.label.length));
  const notices: string[] = [];
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const cut = (text: string): string => [...plain(text)].slice(0, (err.columns ?? 120) - 1).join('');
  const draw = (): void => {
    timer = undefined;
    const rows = workflow.nodes.map((node) => {
      const line = lines.get(node.id);
      return cut(`${line?.mark} ${node.label.padEnd(width)}  ${line?.text}`);
    });
    const up = drawn > 0 ? `\x1b[${drawn}A` : '';
    const text = [...notices.splice(0), ...rows].map((row) => `\x1b[2K${row}\n`).join('');
    err.write(`${up}${text}`);
    drawn = rows.length;
  };
  return {
    show(events) {
      for (const event of events) {
        const notice = noticeOf(event);
        const line = lineOf(event);
        if (notice) notices.push(cut(notice));
        if (line && 'nodeId' in event && event.nodeId !== null) lines.set(event.nodeId, line);
      }
      timer ??= setTimeout(draw, redrawMs);
    },
    end() {
      clearTimeout(timer);
      draw();
    },
  };
}
