import type { Task } from './protocol.ts';
import { type Listener, type Outcome, Thread } from './thread.ts';

/** Something to run on a thread of the lane. */
export interface Job extends Listener {
  /** Made when the thread is known. */
  task(thread: Thread): Task;
  /** Run it there and nowhere else, as long as that thread lives. */
  pin?: Thread;
  signal?: AbortSignal;
}

interface Waiting {
  job: Job;
  resolve(outcome: Outcome): void;
}

const stopped: Outcome = { kind: 'killed', reason: 'stopped', record: -1 };

/**
 * So many threads and a queue before them. Threads start when needed and stay until the lane is closed, or until they
 * had nothing to do for `restMs`: each takes some 25 MB.
 */
export class Lane {
  readonly #size: number;
  readonly #restMs: number | undefined;
  readonly #threads = new Set<Thread>();
  /** Threads that start or end. */
  readonly #unsettled = new Set<Promise<void>>();
  readonly #waiting: Waiting[] = [];
  #isWarm = false;
  #starting = 0;
  #closed = false;

  constructor(size: number, restMs?: number) {
    this.#size = size;
    this.#restMs = restMs;
  }

  /** Starts all threads now instead of at the first jobs, and another when one is ended. */
  keepWarm(): void {
    this.#isWarm = true;
    this.#startUpTo(this.#size);
  }

  /** Never rejects; a job whose signal is aborted while it waits is not run. */
  run(job: Job): Promise<Outcome> {
    if (this.#closed || job.signal?.aborted) return Promise.resolve(stopped);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const waiting = { job, resolve };
    const withdraw = () => this.#withdraw(waiting);
    job.signal?.addEventListener('abort', withdraw, { once: true });
    this.#waiting.push(waiting);
    this.#dispatch();
    return promise.finally(() => job.signal?.removeEventListener('abort', withdraw));
  }

  /** The session is over: its module in the thread is let go. */
  release(thread: Thread, session: number): void {
    thread.forget(session);
    this.#endWhenIdle(thread);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(stopped);
    for (const thread of this.#threads) this.#drop(thread);
    while (this.#unsettled.size > 0) await Promise.all(this.#unsettled);
  }

  #withdraw(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    waiting.resolve(stopped);
  }

  #dispatch(): void {
    for (const waiting of [...this.#waiting]) {
      const thread = this.#pick(waiting.job);
      if (!thread) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      void this.#give(thread, waiting);
    }
    const unserved = this.#waiting.filter(({ job }) => !job.pin || job.pin.gone).length;
    if (unserved > this.#starting) this.#startUpTo(this.#threads.size + unserved);
  }

  #pick(job: Job): Thread | undefined {
    if (job.pin && !job.pin.gone) return job.pin.busy ? undefined : job.pin;
    const free = [...this.#threads].filter((thread) => !thread.busy);
    return free.sort((one, other) => one.sessions.size - other.sessions.size)[0];
  }

  /** The thread goes to the end of the row: it will first make its next module. */
  async #give(thread: Thread, { job, resolve }: Waiting): Promise<void> {
    this.#threads.delete(thread);
    this.#threads.add(thread);
    const outcome = await thread.run(job.task(thread), job, job.signal);
    if (thread.gone) this.#drop(thread);
    else this.#endWhenIdle(thread);
    resolve(outcome);
    if (this.#isWarm) this.#startUpTo(this.#size);
    this.#dispatch();
  }

  #endWhenIdle(thread: Thread): void {
    if (this.#restMs === undefined) return;
    const { runs } = thread;
    const end = () => {
      if (thread.runs === runs && thread.sessions.size === 0) this.#drop(thread);
    };
    setTimeout(end, this.#restMs).unref();
  }

  #drop(thread: Thread): void {
    this.#threads.delete(thread);
    this.#keep(thread.kill('stopped'));
  }

  #startUpTo(size: number): void {
    const wanted = this.#closed ? 0 : Math.min(size, this.#size) - this.#threads.size;
    for (; this.#starting < wanted; this.#starting++) this.#keep(this.#start());
  }

  /** Until it is settled, close() waits for it. */
  #keep(work: Promise<void>): void {
    this.#unsettled.add(work);
    void work.then(() => this.#unsettled.delete(work));
  }

  async #start(): Promise<void> {
    try {
      this.#add(await Thread.start());
    } catch (error) {
      for (const { resolve } of this.#waiting.splice(0)) resolve({ kind: 'lost', message: `No thread: ${error}` });
    } finally {
      this.#starting--;
      this.#dispatch();
    }
  }

  #add(thread: Thread): void {
    this.#threads.add(thread);
    void thread.ended.then(() => this.#threads.delete(thread));
    if (this.#closed) this.#drop(thread);
  }
}
