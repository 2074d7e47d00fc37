/** What reads of any CRM have in common. */
import type { ReadQuery } from '../../contract/connector.ts';

/** Whether the user's fields give the order; such a read cannot go on after a crash, it begins again: what changed meanwhile may stand before the place it had reached. */
export function isOrdered({ orderBy, window }: ReadQuery): boolean {
  return window === undefined && (orderBy?.length ?? 0) > 0;
}

interface Room {
  /** What the sizes of a part may add up to. A single value is never cut. */
  size: number;
  /** Most values of a part. */
  count?: number;
}

/** Values in parts that have room in an address each. */
export function* partsFor<T>(
  values: readonly T[],
  sizeOf: (value: T) => number,
  { size, count = Number.POSITIVE_INFINITY }: Room,
): Generator<T[]> {
  let part: T[] = [];
  let used = 0;
  for (const value of values) {
    const own = sizeOf(value);
    if (part.length > 0 && (part.length === count || used + own > size)) {
      yield part;
      part = [];
      used = 0;
    }
    part.push(value);
    used += own;
  }
  if (part.length > 0) yield part;
}

/** Answers by their question, each asked for once. A failure is not kept. */
export class Remembered<T> {
  readonly #answers = new Map<string, Promise<T>>();

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known) return known;
    const asked = ask();
    this.#answers.set(key, asked);
    asked.catch(() => this.#answers.delete(key));
    return asked;
  }

  clear(): void {
    this.#answers.clear();
  }
}
