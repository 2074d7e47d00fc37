import { useReactFlow } from '@xyflow/react';
import type { KeyboardEvent } from 'react';
import type { Workflow } from '../../contract/workflow.ts';
import { select, selectedNode, setView, showNode, showRows, useView } from '../state/viewStore.ts';
import {
  addNote,
  duplicateSelected,
  nudgeSelected,
  removeSelected,
  selectAll,
  tidySelected,
  toggleSelected,
} from './commands.ts';
import { useEditing } from './EditingContext.ts';
import { cardData } from './flowParts.ts';
import { cardBox, noteBox, readingOrder } from './geometry.ts';
import { isTyping } from './isTyping.ts';
import { useViewport } from './useViewport.ts';

const arrows: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
type Action = () => void;
/** The element that stands for the canvas as a whole. */
const canvasRoot = '.react-flow';
/** A click on empty canvas leaves the keyboard there. */
export const focusCanvas = (): void => document.querySelector<HTMLElement>(canvasRoot)?.focus({ preventScroll: true });

/** Everything on the canvas by keyboard; what needs editing rights is left out where nothing may be changed. */
export function useCanvasKeys(workflow: Workflow): (event: KeyboardEvent) => void {
  const editing = useEditing();
  const flow = useReactFlow();
  const viewport = useViewport();
  const walk = useWalk(workflow);
  const one = () => selectedNode(useView.getState());
  const always: Record<string, Action> = {
    f: viewport.fit,
    '+': () => void flow.zoomIn(),
    '=': () => void flow.zoomIn(),
    '-': () => void flow.zoomOut(),
    '0': () => void flow.zoomTo(1),
    escape: () => select({}),
    enter: () => openSettings(one()),
    '[': () => follow(workflow, one(), 'back', walk.go),
    ']': () => follow(workflow, one(), 'on', walk.go),
  };
  const edits: Record<string, Action> = {
    delete: removeSelected,
    backspace: removeSelected,
    t: () => void tidySelected(),
    n: () => addNote(viewport.centre()),
    d: toggleSelected,
    c: () => setView({ connectFrom: one() }),
  };
  const commands: Record<string, Action> = { a: selectAll, d: duplicateSelected };

  return (event) => {
    if (isTyping(event.target)) return;
    if (event.key === 'Tab') {
      walk.step(event);
      return;
    }
    const arrow = arrows[event.key];
    const action =
      actionOf(event, editing ? { ...always, ...edits } : always, editing ? commands : {}) ??
      portAction(event, workflow, one());
    if (arrow && editing) nudgeSelected(arrow[0] * (event.shiftKey ? 5 : 1), arrow[1] * (event.shiftKey ? 5 : 1));
    else if (action) action();
    else return;
    event.preventDefault();
  };
}

function actionOf(
  event: KeyboardEvent,
  plain: Record<string, Action>,
  commands: Record<string, Action>,
): Action | undefined {
  if (event.altKey) return undefined;
  const key = event.key.toLowerCase();
  return event.ctrlKey || event.metaKey ? commands[key] : plain[key];
}

/** 1 to 9: the rows behind the first to ninth output of the selected node. */
function portAction(event: KeyboardEvent, workflow: Workflow, id: string | null): Action | undefined {
  const node = workflow.nodes.find((candidate) => candidate.id === id);
  if (!node || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return undefined;
  const port = cardData(node).ports[Number(event.key) - 1];
  return port && (() => showRows({ nodeId: node.id, port: port.name }));
}

function openSettings(id: string | null): void {
  if (!id) return;
  showNode(id, { tab: 'settings' });
  // The panel draws first; then its first field takes the focus.
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('[data-inspector-body] :is(input, textarea, button, [tabindex="0"])')?.focus();
  });
}

function follow(workflow: Workflow, id: string | null, way: 'on' | 'back', go: (id: string) => void): void {
  if (!id) return;
  const next =
    way === 'on'
      ? workflow.transitions.find((one) => one.from === id)?.to
      : workflow.transitions.find((one) => one.to === id)?.from;
  if (next) go(next);
}

/** Tab walks from node to node in reading order; past the last one it leaves the canvas. */
function useWalk(workflow: Workflow) {
  const viewport = useViewport();
  const go = (id: string) => {
    const node = workflow.nodes.find((one) => one.id === id);
    const note = workflow.notes?.find((one) => one.id === id);
    if (node) {
      select({ nodes: [id] });
      viewport.reveal(cardBox(node));
    } else if (note) {
      select({ notes: [id] });
      viewport.reveal(noteBox(note));
    }
    // A node out of view is rendered first, then focused.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${id}"]`)?.focus());
  };
  const step = (event: KeyboardEvent) => {
    const order = [...readingOrder(workflow.nodes), ...readingOrder(workflow.notes ?? [])].map((part) => part.id);
    const current = (event.target as Element).closest<HTMLElement>('.react-flow__node')?.dataset.id;
    if (current === undefined && !(event.target as Element).matches(canvasRoot)) return;
    const index = current === undefined ? -1 : order.indexOf(current);
    const next = order[index + (event.shiftKey ? -1 : 1)];
    if (next === undefined || (event.shiftKey && current === undefined)) return;
    event.preventDefault();
    go(next);
  };
  return { go, step };
}
