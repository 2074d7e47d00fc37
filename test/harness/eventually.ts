import { vi } from 'vitest';
import { patience } from './patience.ts';

/** Looks again and again until what the function says holds, and gives what it gives; after so many milliseconds it gives up. */
export function eventually<T>(check: () => Promise<T> | T, timeout = patience): Promise<T> {
  return vi.waitFor(check, { timeout, interval: 5 });
}
