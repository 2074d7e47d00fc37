/**
 * Checks events against the schemas of their types, in a thread of its own: neither a schema nor an event can keep the engine
 * from its other work. What takes too long ends the thread, and the events are then looked at one by one.
 */
import { Worker } from 'node:worker_threads';
import { UserError } from '../../../contract/errors.ts';
import type { Answer, EventType, Misfit, Question } from './messages.ts';

export interface TypedEvent {
  type: string;
  event: unknown;
}

/** Milliseconds. A thread that begins, and is told its schemas, shares the machine with others. */
const limits = { prepare: 30_000, together: 2_000, alone: 1_000 };
/** Events that are checked together. */
const atOnce = 100;
/** Events of one task that may take too long: with more of them it would never come to an end. */
const mostSlow = 10;

/** One that nobody uses: it costs more to begin than most checks do. */
let idle: Worker | null = null;

export class SchemaChecker {
  readonly #types: readonly EventType[];
  #worker: Worker | null = null;
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
    const worker = this.#worker ?? (await this.#begin());
    const answer = await ask(worker, { events: JSON.stringify(events.map(({ type, event }) => [type, event])) }, limit);
    if (answer === null) this.#worker = null;
    return answer && 'misfits' in answer ? answer.misfits : null;
  }

  async #begin(): Promise<Worker> {
    const worker = idle ?? startThread();
    idle = null;
    const answer = await ask(worker, { types: this.#types }, limits.prepare);
    const type =
      this.#types.length === 1 ? (this.#types[0]?.type ?? '') : this.#types.map((one) => one.type).join(', ');
    if (answer === null) throw new UserError('EVENT_SCHEMA_SLOW', { type });
    this.#worker = worker;
    if ('broken' in answer) throw new UserError('EVENT_SCHEMA_BROKEN', answer.broken);
    return worker;
  }

  /** Gives the thread back. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (idle) await worker?.terminate();
    else idle = worker;
  }
}

function startThread(): Worker {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    // It sees nothing of this program.
    env: {},
    argv: [],
    execArgv: ['--no-addons'],
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
  });
  const forget = (): void => {
    if (idle === worker) idle = null;
  };
  worker.on('error', forget).on('exit', forget);
  // It keeps no process alive.
  worker.unref();
  return worker;
}

/** null: there was no answer in time, and the thread is gone. */
function ask(worker: Worker, question: Question, limit: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const end = (answer: Answer | null): void => {
      clearTimeout(timer);
      worker.off('message', end).off('error', lose).off('exit', lose);
      if (answer !== null) resolve(answer);
      else void worker.terminate().then(() => resolve(null));
    };
    const lose = (): void => end(null);
    const timer = setTimeout(lose, limit);
    worker.on('message', end).on('error', lose).on('exit', lose);
    worker.postMessage(question);
  });
}
