import { randomUUID } from 'node:crypto';

/** Objects that were found and not all answered yet. */
export interface Continuation {
  accountId: number;
  total: number;
  /** The next object to answer. */
  at: number;
  /** XML of the objects from one place up to another. */
  show(from: number, to: number): string;
}

const KEPT = 50;

/** The results that are being read page by page. */
export class Continuations {
  readonly #known = new Map<string, Continuation>();

  keep(continuation: Continuation): string {
    const id = randomUUID();
    this.#known.set(id, continuation);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
    return id;
  }

  find(accountId: number, id: string): Continuation | undefined {
    const found = this.#known.get(id.toLowerCase());
    return found?.accountId === accountId ? found : undefined;
  }
}
