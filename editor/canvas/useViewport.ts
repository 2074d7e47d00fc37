import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useMemo } from 'react';
import { boxAround, bringIn, fitBox, leastReadable, openOutputWidth, startOfBox } from './fitBox.ts';
import type { FlowNode } from './flowParts.ts';
import { type Box, cardWidth, type Point } from './geometry.ts';

interface Viewport {
  /** The middle of what is visible, in units of the canvas. */
  centre(): Point;
  /** A place of the window as a place on the canvas. */
  toCanvas(point: Point): Point;
  fit(): void;
  /** The first view of a drawing: all of it while that can be read, else where it begins. */
  showStart(): void;
  /** Moves the view as little as shows the whole box. */
  reveal(box: Box): void;
}

export function useViewport(): Viewport {
  const flow = useReactFlow<FlowNode>();
  const store = useStoreApi();
  return useMemo(() => {
    const size = () => {
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom, zoom };
    };
    const drawnBox = () => boxAround(flow.getNodes().map(partBox));
    return {
      centre: () => {
        const view = size();
        return { x: view.x + view.width / 2 - cardWidth / 2, y: view.y + view.height / 2 - 30 };
      },
      toCanvas: (point) => flow.screenToFlowPosition(point),
      showStart: () => {
        const box = drawnBox();
        // A fit to nothing would be kept for the first node, which would then jump away from where it was put.
        if (!box) return;
        const view = fitBox(box, store.getState());
        void flow.setViewport(view.zoom < leastReadable ? startOfBox(box, store.getState()) : view);
      },
      fit: () => {
        const box = drawnBox();
        if (box) void flow.setViewport(fitBox(box, store.getState()), { duration: motion() });
      },
      reveal: (box) => {
        const { transform, width, height } = store.getState();
        const [x, y, zoom] = transform;
        const view = bringIn(box, { x, y, zoom }, { width, height });
        if (view.x !== x || view.y !== y) void flow.setViewport(view, { duration: motion() });
      },
    };
  }, [flow, store]);
}

function partBox({ position, width = 0, height = 0, ...part }: FlowNode): Box {
  const open = part.type === 'card' && part.data.open !== '';
  return { ...position, width: width + (open ? openOutputWidth : 0), height };
}

/** Milliseconds of a moving view; none for those who asked for less motion. */
const motion = (): number => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180);
