import { ReactFlowProvider } from '@xyflow/react';
import type { ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { Canvas } from '../canvas/Canvas.tsx';
import { EditingContext } from '../canvas/EditingContext.ts';
import { ErrorBoundary } from '../shell/ErrorBoundary.tsx';
import { BottomPanel } from './bottom/BottomPanel.tsx';
import { CollapsiblePanel } from './CollapsiblePanel.tsx';
import { type Drawing, DrawingContext } from './DrawingContext.ts';
import { Palette } from './Palette.tsx';
import { RightPanel } from './RightPanel.tsx';
import { useCheck } from './useCheck.ts';
import classes from './Workspace.module.css';

interface WorkspaceProps {
  drawing: Drawing;
  /** Another key is another drawing: it is fitted to the view. */
  canvasKey: string;
  header: ReactNode;
  /** Lines over the canvas: what is shown is old, edits were found, … */
  banner?: ReactNode;
}

const storage = (id: string) => ({ id: `syncline:layout:${id}`, storage: window.localStorage });

/** Header, palette, canvas, settings and rows: the same frame for a draft, a run and an old version. */
export function Workspace({ drawing, canvasKey, header, banner }: WorkspaceProps) {
  const { workflow, editing } = drawing;
  const columns = useDefaultLayout(storage('columns'));
  const rows = useDefaultLayout(storage('rows'));
  const top = useDefaultLayout({ ...storage('top'), panelIds: editing ? ['palette', 'canvas'] : ['canvas'] });
  useCheck(drawing);
  const narrow = window.innerWidth < 1360;
  return (
    <DrawingContext value={drawing}>
      <EditingContext value={editing}>
        <ReactFlowProvider key={canvasKey}>
          <div className={classes.workspace}>
            {header}
            <Group className={classes.body ?? ''} orientation="horizontal" {...columns}>
              <Panel id="middle" minSize={300}>
                <Group orientation="vertical" {...rows}>
                  <Panel id="drawing" minSize={160}>
                    <Group orientation="horizontal" {...top}>
                      {editing && (
                        <CollapsiblePanel side="left" size={narrow ? 176 : 188} minSize={150} maxSize={320}>
                          <Palette />
                        </CollapsiblePanel>
                      )}
                      {editing && <Separator className={classes.upright} />}
                      <Panel id="canvas" minSize={200}>
                        <div className={classes.drawing}>
                          {banner}
                          <div className={classes.canvas}>
                            <ErrorBoundary resetKey={canvasKey}>
                              <Canvas workflow={workflow} />
                            </ErrorBoundary>
                          </div>
                        </div>
                      </Panel>
                    </Group>
                  </Panel>
                  <Separator className={classes.level} />
                  <CollapsiblePanel side="bottom" size={250} minSize={110} collapsedSize={38}>
                    <BottomPanel />
                  </CollapsiblePanel>
                </Group>
              </Panel>
              <Separator className={classes.upright} />
              <CollapsiblePanel side="right" size={narrow ? 320 : 364} minSize={280} maxSize={720}>
                <RightPanel />
              </CollapsiblePanel>
            </Group>
          </div>
        </ReactFlowProvider>
      </EditingContext>
    </DrawingContext>
  );
}
