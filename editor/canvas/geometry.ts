/** Sizes and places on the canvas, in its own units. The cards' style sheet uses the same numbers. */
import type { Note, Workflow } from '../../contract/workflow.ts';

export const cardWidth = 206;
const plainHeight = 60;
const portPitch = 15;
/** Distance of the dots; moving and placing keep to it. */
export const gridSize = 18;
/** Transitions end at the edge of these shapes. */
export const portSize = 11;
export const inboundSize = 9;
/** A name on an arrow that is longer ends in "…". */
export const widestName = 240;
/** Room between two nodes that follow each other: enough for a count on the transition. */
const stepX = cardWidth + 90;
const stepY = 90;

export interface Point {
  x: number;
  y: number;
}

/** A card grows only when it has more outputs than fit beside it. */
export const cardHeight = (ports: number): number => Math.max(plainHeight, (ports + 1) * portPitch);

/** Middle of a port, from the top of its card. */
export function portMiddle(index: number, ports: number): number {
  const pitch = ports === 2 ? 20 : portPitch;
  return cardHeight(ports) / 2 + (index - (ports - 1) / 2) * pitch;
}

export const snap = (point: Point): Point => ({
  x: Math.round(point.x / gridSize) * gridSize,
  y: Math.round(point.y / gridSize) * gridSize,
});

/** A free place at or below `wanted`, on the grid; it covers neither a node nor a note. */
export function freePlace({ nodes, notes = [] }: Pick<Workflow, 'nodes' | 'notes'>, wanted: Point): Point {
  const place = snap(wanted);
  const taken = [...nodes.map(cardBox), ...notes.map(noteBox)];
  while (taken.some((box) => overlap(box, cardBox(place)))) place.y += stepY;
  return place;
}

/** Whether two boxes lie on each other, or closer than a hair. */
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width + 8 && b.x < a.x + a.width + 8 && a.y < b.y + b.height + 8 && b.y < a.y + a.height + 8;

/**
 * How much is free to the right of each card before the next one beside it, in units of the canvas; a card that has none
 * as near as `widestName` is left out.
 */
export function roomBeside(cards: readonly (Box & { id: string })[]): Map<string, number> {
  const sorted = [...cards].sort((a, b) => a.x - b.x);
  const rooms = new Map<string, number>();
  sorted.forEach((card, index) => {
    const right = card.x + card.width;
    const isBeside = (other: Box): boolean => other.x >= right && overlap({ ...card, x: other.x }, other);
    for (let at = index + 1; at < sorted.length; at++) {
      const other = sorted[at];
      if (!other || other.x >= right + widestName) break;
      if (!isBeside(other)) continue;
      rooms.set(card.id, other.x - right);
      break;
    }
  });
  return rooms;
}

/** How far a node has to move right so that another one fits between it and `from`. */
export const roomToMake = (from: Point, to: Point): number =>
  Math.max(0, Math.ceil((from.x + 2 * stepX - to.x) / gridSize) * gridSize);

/** Where the node behind another one belongs. */
export const placeAfter = (node: Point): Point => ({ x: node.x + stepX, y: node.y });

/** From left to right, then from top to bottom: the order in which Tab walks. */
export function readingOrder<T extends Point & { id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => a.x - b.x || a.y - b.y || (a.id < b.id ? -1 : 1));
}

export interface Box extends Point {
  width: number;
  height: number;
}

export const cardBox = (node: Point): Box => ({ x: node.x, y: node.y, width: cardWidth, height: plainHeight });
export const noteBox = ({ x, y, width, height }: Note): Box => ({ x, y, width, height });
