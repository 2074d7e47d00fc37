import { type ReactNode, useEffect } from 'react';
import { Panel, usePanelRef } from 'react-resizable-panels';
import { setView, useView } from '../state/viewStore.ts';

const places = {
  left: { id: 'palette', open: 'leftOpen' },
  right: { id: 'settings', open: 'rightOpen' },
  bottom: { id: 'bottom', open: 'bottomOpen' },
} as const;

interface CollapsiblePanelProps {
  side: keyof typeof places;
  /** In pixels, like all sizes here. */
  size: number;
  minSize: number;
  maxSize?: number;
  collapsedSize?: number;
  children: ReactNode;
}

/** A side of the page that can be dragged shut or closed by a key; the view's state and the panel follow each other. */
export function CollapsiblePanel({ side, size, collapsedSize = 0, children, ...limits }: CollapsiblePanelProps) {
  const { id, open: key } = places[side];
  const open = useView((view) => view[key]);
  const panel = usePanelRef();
  useEffect(() => {
    const handle = panel.current;
    if (!handle || handle.isCollapsed() === !open) return;
    if (open) handle.expand();
    else handle.collapse();
  }, [open, panel]);
  return (
    <Panel
      id={id}
      panelRef={panel}
      collapsible
      collapsedSize={collapsedSize}
      defaultSize={size}
      groupResizeBehavior="preserve-pixel-size"
      onResize={() => {
        const shown = panel.current?.isCollapsed() === false;
        if (shown !== useView.getState()[key]) setView({ [key]: shown });
      }}
      {...limits}
    >
      {children}
    </Panel>
  );
}
