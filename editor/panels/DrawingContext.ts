import { createContext, useContext } from 'react';
import type { Workflow } from '../../contract/workflow.ts';

/** The drawing on the page: the draft, the frozen one of a run, or an old version. */
export interface Drawing {
  workflow: Workflow;
  /** May be changed: a draft, by someone with the role. */
  editing: boolean;
  source: 'draft' | 'run' | 'version';
}

export const DrawingContext = createContext<Drawing | null>(null);

export function useDrawing(): Drawing {
  const drawing = useContext(DrawingContext);
  if (!drawing) throw new Error('useDrawing needs a Workspace above it');
  return drawing;
}
