import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useMemo } from 'react';
import { type Box, cardWidth, type Point } from './geometry.ts';

interface Viewport {
  /** The middle of what is visible, in units of the canvas. */
  centre(): Point;
  /** A place of the window as a place on the canvas. */
  toCanvas(point: Point): Point;
  fit(): void;
  /** The first view of a drawing: all of it while that can be read, else where it begins. */
  showStart(): void;
  /** Moves the view only if the box is not wholly in it. */
  reveal(box: Box): void;
}

const maxFitZoom = 1;
/** Below this zoom summaries cannot be read. */
const leastReadable = 0.62;
/** Pixels around a drawing: open outputs with their counts stand out at the right, the tools lie at the bottom. */
const margin = { top: 36, right: 60, bottom: 64, left: 36 };
const padding = { top: '36px', right: '60px', bottom: '64px', left: '36px' } as const;

export function useViewport(): Viewport {
  const flow = useReactFlow();
  const store = useStoreApi();
  return useMemo(() => {
    const size = () => {
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom, zoom };
    };
    return {
      centre: () => {
        const view = size();
        return { x: view.x + view.width / 2 - cardWidth / 2, y: view.y + view.height / 2 - 30 };
      },
      toCanvas: (point) => flow.screenToFlowPosition(point),
      showStart: () => {
        const { width, height } = store.getState();
        const nodes = flow.getNodes();
        // A fit to nothing would be kept for the first node, which would then jump away from where it was put.
        if (nodes.length === 0) return;
        const bounds = flow.getNodesBounds(nodes);
        const zoom = Math.min(
          (width - margin.left - margin.right) / bounds.width,
          (height - margin.top - margin.bottom) / bounds.height,
        );
        if (zoom >= leastReadable) void flow.fitView({ padding, maxZoom: maxFitZoom });
        else
          void flow.setViewport({
            x: margin.left - bounds.x * leastReadable,
            y: margin.top - bounds.y * leastReadable,
            zoom: leastReadable,
          });
      },
      fit: () => void flow.fitView({ padding, maxZoom: maxFitZoom, duration: motion() }),
      reveal: (box) => {
        const view = size();
        const inside =
          box.x >= view.x &&
          box.y >= view.y &&
          box.x + box.width <= view.x + view.width &&
          box.y + box.height <= view.y + view.height;
        if (!inside)
          void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: view.zoom, duration: motion() });
      },
    };
  }, [flow, store]);
}

/** Milliseconds of a moving view; none for those who asked for less motion. */
const motion = (): number => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180);
