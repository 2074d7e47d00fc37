import { create } from 'zustand';
import type { Point } from './geometry.ts';

/** What the node that is chosen is for: it takes a transition's place, goes on from an output, or stands alone. */
export type NodeWish =
  | { kind: 'insert'; transitionId: string }
  | { kind: 'continue'; from: string; port: string }
  | { kind: 'alone' };

interface QuickAdd {
  wish: NodeWish | null;
  /** In pixels of the window. */
  at: Point;
}

export const useQuickAdd = create<QuickAdd>(() => ({ wish: null, at: { x: 0, y: 0 } }));

/** Opens the list of node types at a place of the window. */
export const askForNode = (wish: NodeWish, at: Point): void => useQuickAdd.setState({ wish, at });
export const closeQuickAdd = (): void => useQuickAdd.setState({ wish: null });
