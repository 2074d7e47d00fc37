import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useMemo } from 'react';
import { boxAround, bringIn, fitBox, leastReadable, startOfBox } from './fitBox.ts';
import { type FlowNode, stubWidth, type TransitionEdge } from './flowParts.ts';
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
  const flow = useReactFlow<FlowNode, TransitionEdge>();
  const store = useStoreApi();
  return useMemo(() => {
    const size = () => {
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom, zoom };
    };
    const drawnBox = () => {
      const nodes = flow.getNodes();
      return boxAround([...nodes.map(partBox), ...swings(flow.getEdges(), nodes)]);
    };
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

/** How far an arrow that leads back swings out beyond the cards that it joins. */
const swing = 60;

function swings(edges: readonly TransitionEdge[], nodes: readonly FlowNode[]): Box[] {
  const places = new Map(nodes.map(({ id, position }) => [id, position]));
  return edges.flatMap(({ source, target }) => {
    const [from, to] = [places.get(source), places.get(target)];
    if (!from || !to || to.x >= from.x + cardWidth) return [];
    return [{ x: to.x - swing, y: to.y, width: from.x - to.x + cardWidth + 2 * swing, height: 0 }];
  });
}

function partBox({ position, width = 0, height = 0, ...part }: FlowNode): Box {
  if (part.type !== 'card') return { ...position, width, height };
  const { ports, open, room } = part.data;
  const names = open.split('|');
  const stubs = ports.filter(({ name }) => names.includes(name)).map(stubWidth);
  return { ...position, width: width + Math.min(room, Math.max(0, ...stubs)), height };
}

/** Milliseconds of a moving view; none for those who asked for less motion. */
const motion = (): number => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180);
