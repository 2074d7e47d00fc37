import {
  Background,
  BackgroundVariant,
  type FinalConnectionState,
  Panel,
  ReactFlow,
  SelectionMode,
} from '@xyflow/react';
import { type DragEvent, type MouseEvent as ReactMouseEvent, useState } from 'react';
import type { Workflow } from '../../contract/workflow.ts';
import { select } from '../state/viewStore.ts';
import { t } from '../texts/t.ts';
import classes from './Canvas.module.css';
import { CanvasToolbar } from './CanvasToolbar.tsx';
import { ConnectMenu } from './ConnectMenu.tsx';
import { addNode, connectNodes, reconnectNodes } from './commands.ts';
import { useEditing } from './EditingContext.ts';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { noteZoom } from './far.ts';
import type { TransitionEdge as FlowEdge, FlowNode } from './flowParts.ts';
import { cardWidth, gridSize, type Point } from './geometry.ts';
import { leaveHovered, setHovered } from './hover.ts';
import { NodeCard } from './NodeCard.tsx';
import { type MenuPlace, NodeMenu } from './NodeMenu.tsx';
import { useHasNodeMenu } from './NodeMenuItems.tsx';
import { NoteCard } from './NoteCard.tsx';
import { OverviewMap } from './OverviewMap.tsx';
import { QuickAdd } from './QuickAdd.tsx';
import { askForNode } from './quickAdd.ts';
import { TransitionEdge } from './TransitionEdge.tsx';
import { focusCanvas, useCanvasKeys } from './useCanvasKeys.ts';
import { useClipboard } from './useClipboard.ts';
import { useFlowParts } from './useFlowParts.ts';
import { useFindLeftOut } from './useLeftOut.ts';
import { useReveal } from './useReveal.ts';
import { useViewport } from './useViewport.ts';

const nodeTypes = { card: NodeCard, note: NoteCard };
const edgeTypes = { transition: TransitionEdge };
const snapGrid: [number, number] = [gridSize, gridSize];
/** The type of a dragged palette item. */
export const nodeMime = 'application/x-syncline-node';

/** The drawing. Give it another `key` for another workflow or run, so that it is fitted to the view. */
export function Canvas({ workflow }: { workflow: Workflow }) {
  const editing = useEditing();
  const parts = useFlowParts(workflow);
  const [connecting, setConnecting] = useState(false);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const hasMenu = useHasNodeMenu();
  const onKeyDown = useCanvasKeys(workflow);
  const drop = useDrop();
  const { showStart } = useViewport();
  useClipboard();
  useReveal(workflow);
  useFindLeftOut(workflow);
  const endConnection = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    setConnecting(false);
    offerNext(event, state);
  };
  return (
    <section
      className={classes.canvas}
      data-connecting={connecting || undefined}
      aria-label={t('canvas.label')}
      onKeyDown={onKeyDown}
    >
      <ReactFlow<FlowNode, FlowEdge>
        {...parts}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesConnectable={editing}
        nodesDraggable={editing}
        onConnect={({ source, sourceHandle, target }) => connectNodes(source, sourceHandle ?? '', target)}
        onConnectStart={() => setConnecting(true)}
        onConnectEnd={endConnection}
        isValidConnection={({ source, target }) => source !== target}
        {...(editing ? { onReconnect: reconnectNodes, onDrop: drop, onDragOver: allowDrop } : {})}
        onEdgeMouseEnter={(_, edge) => setHovered(edge.id)}
        onEdgeMouseLeave={leaveHovered}
        onlyRenderVisibleElements
        connectOnClick={false}
        connectionRadius={26}
        reconnectRadius={12}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={['Meta', 'Control']}
        selectionMode={SelectionMode.Partial}
        disableKeyboardA11y
        edgesFocusable={false}
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={snapGrid}
        minZoom={0.08}
        maxZoom={2}
        onInit={showStart}
        onPaneClick={focusCanvas}
        onNodeContextMenu={(event, node) => {
          if (node.type === 'card' && hasMenu(node.id, workflow.transitions)) openMenu(event, node.id, setMenu);
        }}
        onMoveStart={(event) => {
          markMoving(true);
          if (event) focusCanvas();
        }}
        onMoveEnd={() => markMoving(false)}
        onViewportChange={({ zoom }) => noteZoom(zoom)}
        tabIndex={0}
        attributionPosition="top-right"
      >
        <Background
          variant={BackgroundVariant.Dots}
          gap={gridSize}
          size={2.2}
          color="var(--dot)"
          bgColor="var(--canvas)"
        />
        <Panel position="bottom-right" className={classes.map ?? ''}>
          <OverviewMap workflow={workflow} />
        </Panel>
        <Panel position="bottom-left" className={classes.tools ?? ''}>
          <CanvasToolbar />
        </Panel>
        <QuickAdd />
        {editing && <ConnectMenu />}
        {menu && <NodeMenu workflow={workflow} at={menu} onClose={() => setMenu(null)} />}
      </ReactFlow>
      {workflow.nodes.length === 0 && <EmptyCanvas />}
    </section>
  );
}

/** By the pointer where it is; by the menu key at the node itself. */
function openMenu(event: ReactMouseEvent, nodeId: string, open: (place: MenuPlace) => void): void {
  event.preventDefault();
  select({ nodes: [nodeId] });
  open({ nodeId, x: event.clientX, y: event.clientY });
}

/** While the view moves, the drawing is one picture that only slides: it is drawn anew when it stands still. */
function markMoving(moving: boolean): void {
  document.querySelector(`.${classes.canvas}`)?.toggleAttribute('data-moving', moving);
}

/** A transition that is dropped on empty canvas asks which node comes next. */
function offerNext(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
  const { fromNode, fromHandle, toNode } = state;
  if (!fromNode || toNode || fromHandle?.type !== 'source') return;
  const point = 'changedTouches' in event ? event.changedTouches[0] : event;
  if (point)
    askForNode(
      { kind: 'continue', from: fromNode.id, port: fromHandle.id ?? '' },
      { x: point.clientX, y: point.clientY },
    );
}

function allowDrop(event: DragEvent): void {
  if (!event.dataTransfer.types.includes(nodeMime)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = 'copy';
}

/** A palette item dropped on a transition takes its place, anywhere else it stands alone. */
function useDrop(): (event: DragEvent) => void {
  const { toCanvas } = useViewport();
  return (event) => {
    const type = event.dataTransfer.getData(nodeMime);
    if (type === '') return;
    event.preventDefault();
    const pointer: Point = { x: event.clientX, y: event.clientY };
    const transition = transitionAt(pointer);
    const place = toCanvas(pointer);
    const wish = transition ? ({ kind: 'insert', transitionId: transition } as const) : ({ kind: 'alone' } as const);
    addNode(type, wish, { x: place.x - cardWidth / 2, y: place.y - 30 });
  };
}

function transitionAt({ x, y }: Point): string | null {
  const edges = document.elementsFromPoint(x, y).map((element) => element.closest<SVGElement>('.react-flow__edge'));
  return edges.find((element) => element !== null)?.dataset.id ?? null;
}
