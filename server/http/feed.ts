/** Lists of the editor that can change while it shows them. */
export type Topic = 'workflows' | 'runs' | 'exports' | 'options' | 'connections' | 'tables' | 'users';

export interface Listener {
  /** A list changed; carries no data. */
  nudge(topic: Topic): void;
  /** Events may have been added to a run; null: to any. */
  wake(run: string | null): void;
}

export interface Feed {
  publish(topic: Topic): void;
  wake(run: string | null): void;
  /** Calls the listener until the returned function is called. */
  subscribe(listener: Listener): () => void;
  close(): void;
}

interface FeedOptions {
  /** Reads a short text by topic that differs when the list has changed: finds what other processes did. */
  look(): Promise<Partial<Record<Topic, string>>>;
  /** A look that failed; the next one is tried all the same. */
  onError(error: unknown): void;
  /** Milliseconds between two looks, and between two nudges of one topic. */
  every?: number;
}

/**
 * Tells every open stream of this process what changed. Changes of other processes arrive by their nudges, and at the
 * latest by looking, which happens only while someone listens.
 */
export function createFeed(options: FeedOptions): Feed {
  return new LookingFeed(options);
}

class LookingFeed implements Feed {
  readonly #options: FeedOptions;
  readonly #every: number;
  readonly #listeners = new Set<Listener>();
  /** Topics that were published a moment ago; in `#due` are those published again meanwhile. */
  readonly #quiet = new Map<Topic, NodeJS.Timeout>();
  readonly #due = new Set<Topic>();
  #seen: Partial<Record<Topic, string>> = {};
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#every = options.every ?? 500;
  }

  publish(topic: Topic): void {
    if (this.#quiet.has(topic)) {
      this.#due.add(topic);
      return;
    }
    for (const listener of this.#listeners) listener.nudge(topic);
    this.#quiet.set(topic, setTimeout(() => this.#endQuiet(topic), this.#every).unref());
  }

  wake(run: string | null): void {
    for (const listener of this.#listeners) listener.wake(run);
  }

  subscribe(listener: Listener): () => void {
    if (this.#listeners.size === 0) this.#schedule();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
    for (const timer of this.#quiet.values()) clearTimeout(timer);
  }

  #endQuiet(topic: Topic): void {
    this.#quiet.delete(topic);
    if (this.#due.delete(topic)) this.publish(topic);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#lookAround(), this.#every).unref();
  }

  async #lookAround(): Promise<void> {
    try {
      this.#compare(await this.#options.look());
      this.wake(null);
    } catch (error) {
      this.#options.onError(error);
    }
    if (this.#listeners.size > 0) this.#schedule();
  }

  #compare(found: Partial<Record<Topic, string>>): void {
    const known = this.#seen;
    this.#seen = found;
    for (const [topic, text] of Object.entries(found) as [Topic, string][])
      if (known[topic] !== undefined && known[topic] !== text) this.publish(topic);
  }
}
