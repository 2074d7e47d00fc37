import type { Note, Workflow, WorkflowNode, WorkflowSettings } from '../../../contract/workflow.ts';

/** A part of a drawing that is added in one go: one node, a pasted group, a node on a transition. */
export interface Piece {
  nodes: readonly WorkflowNode[];
  transitions: Workflow['transitions'];
  notes: readonly Note[];
}
export interface Picked {
  nodes: readonly string[];
  transitions: readonly string[];
  notes: readonly string[];
}
type Position = { x: number; y: number };
/** What the person may change on a node besides its config; `undefined` removes a setting. */
export type NodePatch = { [K in Exclude<keyof WorkflowNode, 'id' | 'type' | 'config'>]?: WorkflowNode[K] | undefined };

/** An edit of the drawing: one step of undo. */
export type Edit =
  | { type: 'add'; piece: Piece }
  /** The node takes the transition's place: from → node → to. `port` is the port of the node that leads on, if any. */
  | {
      type: 'insert';
      node: WorkflowNode;
      transitionId: string;
      port: string | null;
      nextId: string;
      /** What makes room for it. */
      positions: Readonly<Record<string, Position>>;
    }
  | { type: 'remove'; picked: Picked }
  | { type: 'move'; positions: Readonly<Record<string, Position>> }
  | { type: 'connect'; id: string; from: string; port: string; to: string }
  | { type: 'reconnect'; id: string; from: string; port: string; to: string }
  | { type: 'changeNodes'; ids: readonly string[]; patch: NodePatch }
  | { type: 'changeConfig'; id: string; config: WorkflowNode['config'] }
  | { type: 'changeNote'; id: string; patch: Partial<Omit<Note, 'id'>> }
  | { type: 'changeWorkflow'; patch: { label?: string; description?: string | undefined; settings?: WorkflowSettings } }
  /** The whole drawing at once: an older version restored, a merge, edits recovered from this browser. */
  | { type: 'replace'; workflow: Workflow };

export type DocumentAction =
  /** `coalesce`: edits with the same text in a row, less than two seconds apart, are one step of undo. `at` in milliseconds. */
  | { type: 'edit'; edit: Edit; at: number; coalesce?: string | undefined }
  | { type: 'undo' }
  | { type: 'redo' }
  /** A workflow came from the server: the history begins anew. */
  | { type: 'open'; workflow: Workflow; revision: number }
  /** The server has stored `workflow` as `revision`; edits made since stay unsaved. */
  | { type: 'saved'; workflow: Workflow; revision: number };
