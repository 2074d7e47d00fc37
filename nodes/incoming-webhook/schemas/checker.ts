/**
 * Checks events against the schemas of their types, in a process of its own: neither a schema nor an event can keep the engine
 * from its other work, or take its memory. What takes too long ends the process, and the events are then looked at one by one.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../contract/errors.ts';
import type { Answer, EventType, Misfit, Question } from './messages.ts';

export interface TypedEvent {
  type: string;
  event: unknown;
}

const program = fileURLToPath(new URL('./program.ts', import.meta.url));
/** Milliseconds. A process that begins, and is told its schemas, shares the machine with others. */
const limits = { prepare: 30_000, together: 5_000, alone: 5_000 };
/** Events that are checked together. */
const atOnce = 100;
/** Events of one task that may take too long: with more of them it would never come to an end. */
const mostSlow = 10;

/** One that nobody uses: it costs more to begin than most checks do. */
let idle: ChildProcess | null = null;

export class SchemaChecker {
  readonly #types: readonly EventType[];
  #process: ChildProcess | null = null;
  #slow = 0;

  constructor(types: readonly EventType[]) {
    this.#types = types;
  }

  /**
   * What is wrong with each, in their order: null where it fits, 'slow' where that takes too long to find out. Throws UserError
   * EVENT_SCHEMA_BROKEN or, when there are many of those, EVENT_SCHEMA_SLOW.
   */
  async check(events: readonly TypedEvent[]): Promise<(Misfit | 'slow' | null)[]> {
    const found: (Misfit | 'slow' | null)[] = [];
    for (let start = 0; start < events.length; start += atOnce) {
      const part = events.slice(start, start + atOnce);
      const misfits = await this.#ask(part, limits.together);
      if (misfits) found.push(...misfits);
      else for (const event of part) found.push(await this.#checkAlone(event));
    }
    return found;
  }

  async #checkAlone(event: TypedEvent): Promise<Misfit | 'slow' | null> {
    const misfits = await this.#ask([event], limits.alone);
    if (misfits) return misfits[0] ?? null;
    this.#slow += 1;
    if (this.#slow > mostSlow) throw new UserError('EVENT_SCHEMA_SLOW', { type: event.type });
    return 'slow';
  }

  /** null: it took too long, or more memory than there is. */
  async #ask(events: readonly TypedEvent[], limit: number): Promise<(Misfit | null)[] | null> {
    const child = this.#process ?? (await this.#begin());
    const answer = await ask(child, { events: JSON.stringify(events.map(({ type, event }) => [type, event])) }, limit);
    if (answer === null) this.#process = null;
    return answer && 'misfits' in answer ? answer.misfits : null;
  }

  async #begin(): Promise<ChildProcess> {
    const child = idle ?? startProcess();
    idle = null;
    const answer = await ask(child, { types: this.#types }, limits.prepare);
    const type =
      this.#types.length === 1 ? (this.#types[0]?.type ?? '') : this.#types.map((one) => one.type).join(', ');
    if (answer === null) throw new UserError('EVENT_SCHEMA_SLOW', { type });
    this.#process = child;
    if ('broken' in answer) throw new UserError('EVENT_SCHEMA_BROKEN', answer.broken);
    return child;
  }

  /** Gives the process back. */
  close(): void {
    const child = this.#process;
    this.#process = null;
    if (idle) child?.kill('SIGKILL');
    else idle = child;
  }
}

function startProcess(): ChildProcess {
  const child = fork(program, [], {
    // It sees nothing of this program.
    env: {},
    execArgv: ['--no-addons'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const forget = (): void => {
    if (idle === child) idle = null;
  };
  child.on('error', forget).on('exit', forget);
  // It keeps no process alive.
  child.unref();
  child.channel?.unref();
  return child;
}

/** null: there was no answer in time, and the process is gone. */
function ask(child: ChildProcess, question: Question, limit: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const end = (answer: Answer | null): void => {
      clearTimeout(timer);
      child.off('message', end).off('error', lose).off('exit', lose);
      if (answer === null) child.kill('SIGKILL');
      resolve(answer);
    };
    const lose = (): void => end(null);
    const timer = setTimeout(lose, limit);
    child.on('message', end).on('error', lose).on('exit', lose);
    child.send(question, (error) => error && lose());
  });
}
