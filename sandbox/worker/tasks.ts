import type { Limits, Task } from '../protocol.ts';
import type { SandboxLog } from '../types.ts';
import { dateFnsList, dateFnsSource } from './dateFnsFiles.ts';
import type { Guard } from './guard.ts';
import { LogBook } from './logBook.ts';
import { callOwner, report } from './owner.ts';
import { latePartText } from './prelude.ts';
import type { Answer, HostFunctions, Vm } from './vm.ts';
import { formatInZone, loadDateFns } from './zones.ts';

type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>;

const levels: SandboxLog['level'][] = ['info', 'warning', 'error'];

/** What code of every kind may ask for. */
export function baseFunctions(timeZone: string, logs: LogBook, guard: Guard): HostFunctions {
  return {
    log(text) {
      const [level, message] = JSON.parse(text) as unknown[];
      logs.add({ level: levels.find((known) => known === level) ?? 'info', message: String(message) });
      return 'null';
    },
    formatDate(text) {
      const [instant, pattern, zone] = JSON.parse(text) as [number, string, string | null];
      // That files have to be read is no fault of the code that runs.
      guard.wait(loadDateFns);
      return JSON.stringify(formatInZone(instant, pattern, zone ?? timeZone));
    },
    part: latePartText,
    dateFnsList,
    dateFnsSource: (text) => dateFnsSource(JSON.parse(text)[0]),
  };
}

/** Values of a column that was not sent. Only the batch under way is at hand. */
export function askColumn(guard: Guard, text: string): string {
  const values = callOwner(guard, 'column', text);
  if (values !== '') return values;
  const column = JSON.parse(text)[1];
  throw new Error(`"${column}" of an earlier record is no longer at hand: read it while the record is current.`);
}

/** Enters the context, compiles the function and hands it to `use`. */
function start(vm: Vm, entrance: string, source: string, use: (main: Parameters<Vm['call']>[1]) => Answer): Answer {
  const entered = vm.call('enter', entrance);
  if (!entered.ok) return entered;
  const compiled = vm.compile(source);
  return compiled.ok ? use(compiled.value) : compiled;
}

const mapLine = (answer: Answer, lines: number[]): Answer =>
  answer.ok || answer.line === undefined ? answer : { ...answer, line: lines[answer.line] ?? answer.line };

function keepLogs(limits: Limits): { logs: SandboxLog[]; book: LogBook } {
  const logs: SandboxLog[] = [];
  return { logs, book: new LogBook(limits.logLines, (log) => logs.push(log)) };
}

export function runEvaluate(vm: Vm, guard: Guard, task: TaskOf<'evaluate' | 'render'>): [Answer, SandboxLog[]] {
  const { logs, book } = keepLogs(task.limits);
  vm.hostFunctions = baseFunctions(task.timeZone, book, guard);
  guard.begin(task.limits.timeoutMs);
  const entry = task.kind === 'render' ? 'render' : 'evaluate';
  const answer = start(vm, task.entrance, task.source, (main) => vm.call(entry, main));
  guard.end();
  book.close();
  return [task.kind === 'render' ? mapLine(answer, task.lines) : answer, logs];
}

/** Batches come and rows go by blocking calls to the owner, log lines at once, so that a killed script loses none. */
export function runScript(vm: Vm, guard: Guard, task: TaskOf<'script'>): Answer {
  const book = new LogBook(task.limits.logLines, (log) => report({ kind: 'log', log }));
  const ask = (name: string) => (text: string) => callOwner(guard, name, text);
  vm.hostFunctions = {
    ...baseFunctions(task.timeZone, book, guard),
    nextBatch: ask('nextBatch'),
    column: (text) => askColumn(guard, text),
    emit: ask('emit'),
  };
  guard.begin(task.limits.timeoutMs);
  const answer = start(vm, task.entrance, task.source, (main) => {
    const started = vm.call('startScript', JSON.stringify(task.columns), JSON.stringify(task.output), main);
    return started.ok ? finishScript(vm) : started;
  });
  guard.end();
  book.close();
  return answer;
}

/** The last flush of emitted rows may run further code, so jobs are run before and not after it. */
function finishScript(vm: Vm): Answer {
  const jobs = vm.runJobs();
  return jobs.ok ? vm.call('finishScript') : jobs;
}
