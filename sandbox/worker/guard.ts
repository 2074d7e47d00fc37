import { type Control, monotonicNow, slot } from '../protocol.ts';

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

/**
 * The first limit: asked by QuickJS every few thousand steps whether to go on. What it cannot reach (one long native
 * call) the owner of the thread sees at the shared deadline.
 */
export class Guard {
  /** Why user code was interrupted; from then on it is interrupted again and again. */
  fired: 'timeout' | 'stopped' | undefined;
  /** True when not one record but the whole batch took too long. */
  exhausted = false;
  readonly #control: Control;
  #limit = 0n;
  #batchMs = 0;
  #deadline = 0n;
  #end = 0n;
  #record: (() => number) | undefined;
  #seen = -1;

  constructor(control: Control) {
    this.#control = control;
  }

  /** Milliseconds that were allowed: for all records of a batch together if those were too much. */
  get limitMs(): number {
    return this.exhausted ? this.#batchMs : Number(this.#limit / 1_000_000n);
  }

  /** From now on user code runs, for that long. */
  begin(timeoutMs: number): void {
    this.fired = undefined;
    this.exhausted = false;
    this.#record = undefined;
    this.#limit = nanoseconds(timeoutMs);
    this.#end = 0n;
    this.#setDeadline();
  }

  /** The limit counts anew for each record that `record` names; all together may take `batchTimeoutMs`. */
  beginBatch(timeoutMs: number, batchTimeoutMs: number, record: () => number): void {
    this.begin(timeoutMs);
    this.#batchMs = batchTimeoutMs;
    this.#end = monotonicNow() + nanoseconds(batchTimeoutMs);
    this.#seen = -1;
    this.#record = record;
    this.#setDeadline();
  }

  /** A record begins (or the batch goes on after an interrupted one). */
  restart(): void {
    this.fired = undefined;
    this.#setDeadline();
  }

  /** No user code runs any more. */
  end(): void {
    Atomics.store(this.#control.deadline, 0, 0n);
  }

  /** Time spent in `work`, waiting for others, is not the user's. */
  wait<T>(work: () => T): T {
    const start = monotonicNow();
    this.end();
    try {
      return work();
    } finally {
      const waited = monotonicNow() - start;
      this.#deadline += waited;
      if (this.#end !== 0n) this.#end += waited;
      Atomics.store(this.#control.deadline, 0, this.#deadline);
    }
  }

  readonly interrupts = (): boolean => {
    if (Atomics.load(this.#control.slots, slot.stop) === 1) this.fired = 'stopped';
    else if (this.#isOverdue()) this.fired = 'timeout';
    return this.fired !== undefined;
  };

  #isOverdue(): boolean {
    const now = monotonicNow();
    if (this.#end !== 0n && now > this.#end) this.exhausted = true;
    if (this.exhausted) return true;
    this.#followRecord();
    return now > this.#deadline;
  }

  #followRecord(): void {
    const record = this.#record?.() ?? this.#seen;
    if (record === this.#seen) return;
    this.#seen = record;
    this.#setDeadline();
  }

  #setDeadline(): void {
    const deadline = monotonicNow() + this.#limit;
    this.#deadline = this.#end !== 0n && this.#end < deadline ? this.#end : deadline;
    Atomics.store(this.#control.deadline, 0, this.#deadline);
  }
}
