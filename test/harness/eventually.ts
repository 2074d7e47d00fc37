import { vi } from 'vitest';
import { patience } from './patience.ts';

/** Looks again and again until what the function says holds, and gives what it gives. */
export function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  return vi.waitFor(check, { timeout: patience, interval: 5 });
}
