import { useCallback, useRef } from 'react';

/**
 * `press` belongs to the part's pointer-down; `whenReleased` does its work when the button is up again. What appears between the
 * two moves what stands below, and the click misses it.
 */
export function useReleased(): { press(): void; whenReleased(work: () => void): void } {
  const waiting = useRef<(() => void)[] | null>(null);
  const press = useCallback(() => {
    if (waiting.current) return;
    waiting.current = [];
    const ended = new AbortController();
    const release = (): void => {
      ended.abort();
      // After the click, which comes right behind.
      setTimeout(() => {
        const works = waiting.current ?? [];
        waiting.current = null;
        for (const work of works) work();
      });
    };
    for (const name of ['pointerup', 'pointercancel'])
      window.addEventListener(name, release, { signal: ended.signal, capture: true });
  }, []);
  const whenReleased = useCallback((work: () => void) => {
    if (waiting.current) waiting.current.push(work);
    else work();
  }, []);
  return { press, whenReleased };
}
