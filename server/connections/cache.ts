import type { Clock } from '../db/clock.ts';

export interface Cache<T> {
  /** The value that is known, else what `load` gives. Many who ask at once share one load; a load that fails is not kept. */
  get(key: string, refresh: boolean, load: () => Promise<T>): Promise<T>;
}

interface Entry<T> {
  value: Promise<T>;
  until: number;
}

export function createCache<T>(options: { clock: Clock; keepMs: number; most?: number }): Cache<T> {
  const { clock, keepMs, most = 500 } = options;
  const entries = new Map<string, Entry<T>>();
  const add = (key: string, value: Promise<T>): Promise<T> => {
    const entry = { value, until: clock.now().getTime() + keepMs };
    // Deleted first, so that the map's order is the order of age.
    entries.delete(key);
    entries.set(key, entry);
    const oldest = entries.keys().next().value;
    if (entries.size > most && oldest !== undefined) entries.delete(oldest);
    value.catch(() => entries.get(key) === entry && entries.delete(key));
    return value;
  };
  return {
    get(key, refresh, load) {
      const found = entries.get(key);
      if (found && !refresh && found.until > clock.now().getTime()) return found.value;
      return add(key, load());
    },
  };
}
