import { createContext, useContext } from 'react';
import type { RunCommand } from '../state/run/runCommands.ts';

export interface StartOptions {
  /** Id of the node behind which nothing is done. */
  to?: string;
  /** Id of the node where it begins, with what came to it in the run shown. */
  from?: string;
  /** Nothing is written. */
  simulate?: boolean;
}

/** What a person may do with runs from the page: the same from the header, from a node and by key. */
export interface RunControl {
  /** What is asked for just now. */
  pending: 'start' | RunCommand | null;
  /** null where no run can be started: on a past run, or without the role. */
  start: ((options?: StartOptions) => Promise<void>) | null;
  /** Acts on the run shown. */
  command(command: RunCommand): Promise<void>;
  /** Executes now what waits at a node of the run shown. */
  wakeNode(nodeId: string): Promise<void>;
}

/** null for those who may only look. */
export const RunControlContext = createContext<RunControl | null>(null);
export const useRunControl = (): RunControl | null => useContext(RunControlContext);
