/** Lists of the editor that can change while it shows them. */
export type Topic = 'workflows' | 'runs' | 'options' | 'connections' | 'tables' | 'users';

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
export function createFeed({ look, onError, every = 500 }: FeedOptions): Feed {
  const listeners = new Set<Listener>();
  const due = new Set<Topic>();
  const quiet = new Map<Topic, NodeJS.Timeout>();
  let seen: Partial<Record<Topic, string>> = {};
  let timer: NodeJS.Timeout | undefined;

  const publish = (topic: Topic): void => {
    if (quiet.has(topic)) {
      due.add(topic);
      return;
    }
    for (const listener of listeners) listener.nudge(topic);
    quiet.set(topic, setTimeout(() => endQuiet(topic), every).unref());
  };
  const endQuiet = (topic: Topic): void => {
    quiet.delete(topic);
    if (due.delete(topic)) publish(topic);
  };
  const wake = (run: string | null): void => {
    for (const listener of listeners) listener.wake(run);
  };
  const poll = async (): Promise<void> => {
    const found = await look();
    const known = seen;
    seen = found;
    for (const [topic, text] of Object.entries(found) as [Topic, string][]) {
      if (known[topic] !== undefined && known[topic] !== text) publish(topic);
    }
    wake(null);
  };
  const schedule = (): void => {
    timer = setTimeout(
      () =>
        void poll()
          .catch(onError)
          .finally(() => listeners.size > 0 && schedule()),
      every,
    ).unref();
  };

  return {
    publish,
    wake,
    subscribe(listener) {
      if (listeners.size === 0) schedule();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearTimeout(timer);
      };
    },
    close() {
      listeners.clear();
      clearTimeout(timer);
      for (const pending of quiet.values()) clearTimeout(pending);
    },
  };
}
