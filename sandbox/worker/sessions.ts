import { type OpenSession, slot, type Task } from '../protocol.ts';
import type { SandboxFailure, SandboxLog } from '../types.ts';
import type { Guard } from './guard.ts';
import { LogBook } from './logBook.ts';
import { control } from './owner.ts';
import { askColumn, baseFunctions } from './tasks.ts';
import type { Answer, Vm } from './vm.ts';

type BatchTask = Extract<Task, { kind: 'batch' }>;

/** A session's module in this thread. */
export class Session {
  readonly open: OpenSession;
  readonly #vm: Vm;
  readonly #guard: Guard;
  #logs: SandboxLog[] = [];
  #book: LogBook;
  readonly #cell: ReturnType<Vm['makeCell']>;

  constructor(vm: Vm, guard: Guard, open: OpenSession) {
    this.#vm = vm;
    this.#guard = guard;
    this.open = open;
    this.#cell = vm.makeCell();
    this.#book = new LogBook(open.limits.logLines, (log) => this.#logs.push(log));
    vm.hostFunctions = {
      ...baseFunctions(open.timeZone, this.#book, guard),
      column: (text) => askColumn(guard, text),
      record: (text) => this.#beginRecord(JSON.parse(text)[0]),
    };
  }

  get spoiled(): boolean {
    return this.#vm.spoiled;
  }

  /** Compiles the program; the failure of expression n says so when there are several. */
  start(): Answer {
    this.#guard.begin(this.open.limits.timeoutMs);
    const answer = this.#compile();
    this.#guard.end();
    return answer;
  }

  #compile(): Answer {
    const entered = this.#vm.call('enter', this.open.entrance);
    if (!entered.ok) return entered;
    const programs = [];
    for (const [index, source] of this.open.sources.entries()) {
      const compiled = this.#vm.compile(source);
      if (!compiled.ok) return this.#locate(compiled, index);
      programs.push(compiled.value);
    }
    return this.#vm.call(
      'openSession',
      this.#cell.handle,
      JSON.stringify(this.open.columns),
      JSON.stringify(this.open.output),
      ...programs,
    );
  }

  #locate(failure: SandboxFailure, index: number): SandboxFailure {
    if (this.open.sources.length === 1) return failure;
    return { ...failure, message: `Expression ${index + 1}: ${failure.message}` };
  }

  /** Where a batch ended that did not end well: its record, -1 before the first one. */
  get record(): number {
    return this.#cell.read();
  }

  run(task: BatchTask): [Answer, SandboxLog[]] {
    this.#guard.beginBatch(this.open.limits.timeoutMs, task.batchTimeoutMs, this.#cell.read);
    const begun = this.#vm.call('begin', task.batch, task.careful);
    const answer = begun.ok ? this.#goOn(this.#vm.call('run'), task.count) : begun;
    this.#guard.end();
    this.#book.close();
    const logs = this.#logs;
    this.#logs = [];
    return [answer, logs];
  }

  /** A record that took too long fails alone; outside of any record, the batch fails. */
  #goOn(first: Answer, count: number): Answer {
    let answer = first;
    while (!answer.ok && answer.reason === 'timeout' && !this.#vm.spoiled && !this.#guard.exhausted) {
      const record = this.#cell.read();
      if (record < 0 || record >= count) return answer;
      this.#guard.restart();
      answer = this.#vm.call('runAfter', record, answer.reason, answer.message);
    }
    return answer;
  }

  #beginRecord(record: number): string {
    Atomics.store(control.slots, slot.record, record);
    this.#guard.restart();
    return 'null';
  }
}
