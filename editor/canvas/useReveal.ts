import { useEffect } from 'react';
import type { Workflow } from '../../contract/workflow.ts';
import { setView, useView } from '../state/viewStore.ts';
import { openOutputWidth } from './fitBox.ts';
import { cardBox } from './geometry.ts';
import { useViewport } from './useViewport.ts';

/** Brings the node into view that something else on the page speaks of: a problem, a task, a node just added. */
export function useReveal(workflow: Workflow): void {
  const id = useView((view) => view.reveal);
  const { reveal } = useViewport();
  useEffect(() => {
    const node = id === null ? undefined : workflow.nodes.find((one) => one.id === id);
    if (!node) return;
    const box = cardBox(node);
    // With the room in which its outputs stand out, so that it can be gone on from.
    reveal({ ...box, width: box.width + openOutputWidth });
    setView({ reveal: null });
  }, [id, workflow.nodes, reveal]);
}
