/** What is selected and what is open on screen: neither part of the drawing nor of a run. */
import { create } from 'zustand';

export interface Selection {
  nodes: readonly string[];
  transitions: readonly string[];
  notes: readonly string[];
}
/** Whose rows the bottom panel shows. Without `taskId`: those of the latest task of the node in the run shown. */
export interface RowsTarget {
  nodeId: string;
  port: string;
  taskId?: string;
}
export type InspectorTab = 'settings' | 'input' | 'output' | 'task' | 'log';
export type BottomTab = 'rows' | 'timeline' | 'log' | 'runs' | 'signals' | 'problems';
/** What stands at the right: the selected node (or the workflow), its versions, or a save that met a newer one. */
export type RightView = 'inspector' | 'versions' | 'conflict';

interface View {
  selection: Selection;
  inspectorTab: InspectorTab;
  bottomTab: BottomTab;
  right: RightView;
  rows: RowsTarget | null;
  /** A field of the selected node to bring into view, for example from the problems list. */
  focusPath: string | null;
  /** A node to bring into view; the canvas does it and sets this back to null. */
  reveal: string | null;
  /** The node from which a transition is being drawn by keyboard. */
  connectFrom: string | null;
  bottomOpen: boolean;
  rightOpen: boolean;
  leftOpen: boolean;
  shortcutsOpen: boolean;
}

export const nothingSelected: Selection = { nodes: [], transitions: [], notes: [] };

const initial: View = {
  selection: nothingSelected,
  inspectorTab: 'settings',
  bottomTab: 'rows',
  right: 'inspector',
  rows: null,
  focusPath: null,
  reveal: null,
  connectFrom: null,
  bottomOpen: true,
  rightOpen: true,
  leftOpen: true,
  shortcutsOpen: false,
};

export const useView = create<View>(() => initial);

export function setView(patch: Partial<View>): void {
  useView.setState(patch);
}

export function select(part: Partial<Selection>): void {
  setView({ selection: { ...nothingSelected, ...part }, right: 'inspector', focusPath: null });
}

/** Selects a node and shows it on the canvas and in the inspector, at a tab or a field if asked. */
export function showNode(id: string, more: { tab?: InspectorTab; path?: string | undefined } = {}): void {
  setView({
    selection: { ...nothingSelected, nodes: [id] },
    right: 'inspector',
    rightOpen: true,
    focusPath: more.path ?? null,
    reveal: id,
    ...(more.tab ? { inspectorTab: more.tab } : {}),
  });
}

export function showRows(rows: RowsTarget): void {
  setView({ rows, bottomTab: 'rows', bottomOpen: true });
}

/** Another workflow or run is on the page: what was selected and opened in the last one means nothing here. */
export function resetView(): void {
  setView({ selection: nothingSelected, rows: null, right: 'inspector', focusPath: null, connectFrom: null });
}

/** The one selected node, or null. */
export const selectedNode = (view: View): string | null =>
  view.selection.nodes.length === 1 && view.selection.notes.length === 0 ? (view.selection.nodes[0] ?? null) : null;
