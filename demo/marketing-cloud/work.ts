/** Work that goes on behind an answer: requests in a queue, imports. */
export class Work {
  readonly #usualMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(usualMs: number) {
    this.#usualMs = usualMs;
  }

  /** Does it after its time and `moreMs`; not at all when the organisation has ended by then. */
  later(moreMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, this.#usualMs + moreMs);
    this.#timers.add(timer);
  }

  get size(): number {
    return this.#timers.size;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
