import { useEffect } from 'react';
import { showFailure } from '../api/notices.ts';
import { isDirty, useDocument } from '../state/documentStore.ts';
import { dropUnsaved, keepUnsaved } from '../state/unsaved.ts';

const pauseMs = 400;

/** Writes unsaved edits into this browser's storage shortly after each edit, and at once when the page is left. */
export function useKeepUnsaved(enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(keep, pauseMs);
    };
    const unsubscribe = useDocument.subscribe((state, before) => {
      if (state.workflow !== before.workflow || state.saved !== before.saved) later();
    });
    window.addEventListener('pagehide', keep);
    return () => {
      clearTimeout(timer);
      keep();
      unsubscribe();
      window.removeEventListener('pagehide', keep);
    };
  }, [enabled]);
}

function keep(): void {
  const state = useDocument.getState();
  const { workflow, saved, revision } = state;
  if (!workflow || !saved) return;
  try {
    if (isDirty(state)) keepUnsaved(localStorage, { workflow, base: saved, revision, at: new Date().toISOString() });
    else dropUnsaved(localStorage, workflow.internalName);
  } catch (error) {
    // The storage is full or switched off: the person has to know that closing the tab would lose the edits.
    showFailure(error);
  }
}
