import { cardBox } from '../canvas/geometry.ts';
import { useViewport } from '../canvas/useViewport.ts';
import { useDrawing } from './DrawingContext.ts';

/** Moves the canvas so that a node can be seen. */
export function useReveal(): (nodeId: string) => void {
  const { workflow } = useDrawing();
  const viewport = useViewport();
  return (nodeId) => {
    const node = workflow.nodes.find((one) => one.id === nodeId);
    if (node) viewport.reveal(cardBox(node));
  };
}
