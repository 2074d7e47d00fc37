import { getBezierPath, getSmoothStepPath, Position } from '@xyflow/react';
import { widestName } from './geometry.ts';

interface Ends {
  sourceX: number;
  sourceY: number;
  targetX: number;
  targetY: number;
}

/** Cards that stand in one row: a line straight back would run behind them. */
const rowHeight = 70;

/** What stands on an arrow: its place, and the room that it has there between the cards, in units of the canvas. */
export interface LabelPlace {
  x: number;
  y: number;
  room: number;
}

/** The line of a transition and where its count stands. What leads back within a row goes around below the cards. */
export function transitionPath(ends: Ends, stubs: readonly Stub[] = []): [path: string, label: LabelPlace] {
  const shape = { ...ends, sourcePosition: Position.Right, targetPosition: Position.Left };
  const back = ends.targetX < ends.sourceX;
  if (!back || Math.abs(ends.targetY - ends.sourceY) > rowHeight) {
    const [path, x, y] = getBezierPath({ ...shape, curvature: back ? 0.5 : 0.25 });
    return [path, back ? { x, y, room: widestName } : besideStubs(ahead(ends), ends, stubs)];
  }
  const centerY = Math.max(ends.sourceY, ends.targetY) + rowHeight;
  const [path, x, y] = getSmoothStepPath({ ...shape, centerY, borderRadius: 16, offset: 26 });
  return [path, { x, y, room: widestName }];
}

/** Between the label and the card on either side. */
const margin = 6;
/** With less room than this behind the middle, the middle is better. */
const leastRoom = 110;
/** An arrow that climbs or falls so far has its middle above or below the cards that it joins. */
const clearOfCards = 84;

function ahead(ends: Ends): LabelPlace {
  const { sourceX, sourceY, targetX, targetY } = ends;
  const [x, y] = behindMiddle(ends);
  const room = 2 * (targetX - x - margin);
  if (room >= leastRoom) return { x, y, room: Math.min(room, widestName) };
  const steep = Math.abs(targetY - sourceY) >= clearOfCards;
  const between = targetX - sourceX - 2 * margin;
  return { x: (sourceX + targetX) / 2, y: (sourceY + targetY) / 2, room: steep ? widestName : between };
}

/** An output of the same node that leads nowhere: how far below this one it stands out, and how far to the right with its name and count. */
export interface Stub {
  below: number;
  width: number;
}

/** Half of what a count takes, and half the heights of a count and of the text at a stub together. */
const halfPill = { width: 34, height: 17 };

/** The count stands as near to its line as it can without covering what stands at other outputs. */
function besideStubs(place: LabelPlace, { sourceX, sourceY }: Ends, stubs: readonly Stub[]): LabelPlace {
  const near = stubs
    .filter(({ width }) => sourceX + width > place.x - halfPill.width)
    .map(({ below }) => sourceY + below);
  const isFree = (y: number): boolean => near.every((taken) => Math.abs(taken - y) >= halfPill.height);
  const places = [place.y, ...near.flatMap((taken) => [taken - halfPill.height, taken + halfPill.height])];
  const free = places.filter(isFree).sort((a, b) => Math.abs(a - place.y) - Math.abs(b - place.y));
  return { ...place, y: free[0] ?? place.y };
}

/** A little behind the middle: before it, open ports of the same node show their own counts. */
const share = 0.62;

/** The point of the curve there; its control points lie half-way across, level with the ends. */
function behindMiddle({ sourceX, sourceY, targetX, targetY }: Ends): [x: number, y: number] {
  const half = (targetX - sourceX) / 2;
  const at = (a: number, b: number, c: number, d: number): number => {
    const rest = 1 - share;
    return rest ** 3 * a + 3 * rest ** 2 * share * b + 3 * rest * share ** 2 * c + share ** 3 * d;
  };
  return [at(sourceX, sourceX + half, targetX - half, targetX), at(sourceY, sourceY, targetY, targetY)];
}
