import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import {
  type Control,
  controlBytes,
  monotonicNow,
  openControl,
  type Reply,
  type Report,
  slot,
  type Task,
} from './protocol.ts';
import type { SandboxLog } from './types.ts';
import { loadWasm } from './wasm.ts';

/** How a task ended. `record` is the record that was under way (of a killed one, if it was told to say so), or -1. */
export type Outcome =
  | { kind: 'done'; text: string; logs: SandboxLog[]; open: boolean; record: number }
  | { kind: 'killed'; reason: 'timeout' | 'stopped'; record: number }
  | { kind: 'lost'; message: string };

/** What a task may ask its owner while it runs. */
export interface Listener {
  onCall?(name: string, text: string): Promise<string>;
  onLog?(log: SandboxLog): void;
}

/** Native code cannot be interrupted; this long after the deadline the thread is ended. */
const graceNanoseconds = 250_000_000n;
const watchMs = 50;
const noListener: Listener = {};

/** One worker thread, which runs one task at a time and is ended when it does not come back in time. */
export class Thread {
  /** Ids of the sessions whose module is in this thread. */
  readonly sessions = new Set<number>();
  /** Tasks given to it so far. */
  runs = 0;
  /** Settles when the thread is gone. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #control: Control;
  readonly #replies: MessagePort;
  #listener = noListener;
  #settle: ((outcome: Outcome) => void) | undefined;
  #watch: NodeJS.Timeout | undefined;
  #stopAsked = 0n;
  #gone = false;

  private constructor(wasm: WebAssembly.Module) {
    const shared = new SharedArrayBuffer(controlBytes);
    const { port1, port2 } = new MessageChannel();
    this.#control = openControl(shared);
    this.#replies = port1;
    this.#worker = new Worker(new URL('./worker/main.ts', import.meta.url), {
      name: 'sandbox',
      // Nothing of the process: no environment, no flags, no native addon.
      env: {},
      argv: [],
      execArgv: ['--no-addons'],
      workerData: { wasm, control: shared, replies: port2 },
      transferList: [port2],
      // QuickJS stops at 256 KB of its own stack, which takes several times that of the thread's.
      resourceLimits: { stackSizeMb: 32, maxOldGenerationSizeMb: 512 },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: Report) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end({ kind: 'lost', message: String(error) }));
    this.ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.ended.then(() => this.#end({ kind: 'lost', message: 'The thread ended.' }));
  }

  static async start(): Promise<Thread> {
    return new Thread(await loadWasm());
  }

  /** A thread that is gone takes no task. */
  get gone(): boolean {
    return this.#gone;
  }

  get busy(): boolean {
    return this.#settle !== undefined;
  }

  /** Runs a task; never rejects. */
  run(task: Task, listener: Listener, signal: AbortSignal | undefined): Promise<Outcome> {
    this.runs++;
    this.#listener = listener;
    this.#stopAsked = 0n;
    Atomics.store(this.#control.slots, slot.stop, 0);
    Atomics.store(this.#control.slots, slot.record, -1);
    const stop = () => this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    return new Promise<Outcome>((resolve) => {
      this.#settle = resolve;
      this.#watch = setInterval(() => this.#check(), watchMs);
      this.#worker.ref();
      this.#worker.postMessage(task);
    }).finally(() => signal?.removeEventListener('abort', stop));
  }

  /** Asks the running code to stop; when it cannot hear that, the thread is ended. */
  stop(): void {
    this.#stopAsked = monotonicNow();
    Atomics.store(this.#control.slots, slot.stop, 1);
    this.#wake();
  }

  forget(session: number): void {
    if (this.sessions.delete(session) && !this.#gone) this.#worker.postMessage({ kind: 'close', session });
  }

  /** Ends the thread, whatever it does. */
  kill(reason: 'timeout' | 'stopped'): Promise<void> {
    this.#end({ kind: 'killed', reason, record: Atomics.load(this.#control.slots, slot.record) });
    return this.ended;
  }

  #receive(message: Report): void {
    if (message.kind === 'done') this.#finish(message);
    else if (message.kind === 'log') this.#listener.onLog?.(message.log);
    else this.#answer(message);
  }

  /** A call that fails ends the thread: its code waits for an answer that will not come. */
  #answer({ id, name, text }: Extract<Report, { kind: 'call' }>): void {
    const listener = this.#listener;
    const isCurrent = () => !this.#gone && this.#listener === listener;
    listener.onCall?.(name, text).then(
      (reply) => {
        if (!isCurrent()) return;
        this.#replies.postMessage({ id, text: reply } satisfies Reply);
        this.#wake();
      },
      () => {
        if (isCurrent()) void this.kill('stopped');
      },
    );
  }

  #wake(): void {
    Atomics.add(this.#control.slots, slot.reply, 1);
    Atomics.notify(this.#control.slots, slot.reply);
  }

  #check(): void {
    const now = monotonicNow();
    const deadline = Atomics.load(this.#control.deadline, 0);
    if (this.#stopAsked !== 0n && now > this.#stopAsked + graceNanoseconds) this.kill('stopped');
    else if (deadline !== 0n && now > deadline + graceNanoseconds) this.kill('timeout');
  }

  #finish(outcome: Outcome): void {
    clearInterval(this.#watch);
    this.#worker.unref();
    const settle = this.#settle;
    this.#settle = undefined;
    this.#listener = noListener;
    settle?.(outcome);
  }

  #end(outcome: Outcome): void {
    if (this.#gone) return;
    this.#gone = true;
    this.sessions.clear();
    this.#replies.close();
    this.#finish(outcome);
    // Whoever waits for the end must not be left alone by a process that has nothing else to do.
    this.#worker.ref();
    void this.#worker.terminate();
  }
}
