import { useComputedColorScheme } from '@mantine/core';
import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { Workflow } from '../../contract/workflow.ts';
import { useView } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import { cardData } from './flowParts.ts';
import { type Box, cardHeight, cardWidth, noteBox, type Point } from './geometry.ts';
import { mapScale, unite } from './mapScale.ts';
import classes from './OverviewMap.module.css';

const mapSize = { width: 150, height: 88 };
const groupColours = { sources: '--src', data: '--data', code: '--code', flow: '--flow', targets: '--out' } as const;

interface Shape extends Box {
  colour: string;
}

/**
 * The whole drawing, small; a click or a drag moves the view. Painted on one canvas: an element per node would cost more
 * than the drawing itself while the view moves.
 */
export function OverviewMap({ workflow }: { workflow: Workflow }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const selected = useView((view) => view.selection.nodes);
  const scheme = useComputedColorScheme();
  const flow = useReactFlow();
  const store = useStoreApi();
  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d');
    if (!element || !pen) return undefined;
    const paint = makePainter(pen, shapesOf(workflow, new Set(selected), scheme));
    const seen = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      return { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
    };
    paint(seen());
    const unsubscribe = store.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height)
        paint(seen());
    });
    const stopDragging = followPointer(element, (at) => {
      const { scale, origin } = mapScale(paint.area(seen()), mapSize);
      const { zoom } = flow.getViewport();
      void flow.setCenter(origin.x + at.x / scale, origin.y + at.y / scale, { zoom });
    });
    return () => {
      unsubscribe();
      stopDragging();
    };
  }, [workflow, selected, scheme, flow, store]);
  return (
    <canvas
      ref={canvas}
      className={classes.map}
      width={mapSize.width * window.devicePixelRatio}
      height={mapSize.height * window.devicePixelRatio}
      style={mapSize}
      role="img"
      aria-label={t('canvas.map')}
    />
  );
}

/** Cards and notes in their colours; the scheme says which values the colours have just now. */
function shapesOf(workflow: Workflow, selected: ReadonlySet<string>, _scheme: string): Shape[] {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const notes = (workflow.notes ?? []).map((note) => ({ ...noteBox(note), colour: colour('--rej-soft') }));
  const cards = workflow.nodes.map((node) => {
    const { look, ports } = cardData(node);
    const group = look ? groupColours[look.group] : '--flow';
    const box = { x: node.x, y: node.y, width: cardWidth, height: cardHeight(ports.length) };
    return { ...box, colour: selected.has(node.id) ? colour('--accent') : `${colour(group)}99` };
  });
  return [...notes, ...cards];
}

function makePainter(pen: CanvasRenderingContext2D, shapes: readonly Shape[]) {
  const drawing = unite(shapes);
  const style = getComputedStyle(document.documentElement);
  const veil = style.getPropertyValue('--canvas').trim();
  const edge = style.getPropertyValue('--line2').trim();
  const area = (seen: Box): Box => (drawing ? (unite([drawing, seen]) ?? seen) : seen);
  const paint = (seen: Box): void => {
    const { scale, origin } = mapScale(area(seen), mapSize);
    const ratio = window.devicePixelRatio;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, mapSize.width, mapSize.height);
    pen.fillStyle = veil;
    pen.fillRect(0, 0, mapSize.width, mapSize.height);
    const place = ({ x, y, width, height }: Box): [number, number, number, number] => [
      (x - origin.x) * scale,
      (y - origin.y) * scale,
      Math.max(1, width * scale),
      Math.max(1, height * scale),
    ];
    pen.clearRect(...place(seen));
    pen.strokeStyle = edge;
    pen.strokeRect(...place(seen));
    for (const shape of shapes) {
      pen.fillStyle = shape.colour;
      pen.fillRect(...place(shape));
    }
  };
  return Object.assign(paint, { area });
}

/** Calls back with places on the element while the pointer is down. Gives back what ends it. */
function followPointer(element: HTMLElement, goTo: (at: Point) => void): () => void {
  const move = (event: PointerEvent) => {
    if (event.buttons === 1) goTo({ x: event.offsetX, y: event.offsetY });
  };
  const start = (event: PointerEvent) => {
    element.setPointerCapture(event.pointerId);
    move(event);
  };
  element.addEventListener('pointerdown', start);
  element.addEventListener('pointermove', move);
  return () => {
    element.removeEventListener('pointerdown', start);
    element.removeEventListener('pointermove', move);
  };
}
