import type { WorkflowNode } from '../../../contract/workflow.ts';
import type { NodePatch } from '../../state/document/actions.ts';

/** What the fields are given that every node has. Edits with the same `coalesce` in a row become one step of undo. */
export interface NodeSettingsProps {
  node: WorkflowNode;
  readOnly: boolean;
  change(patch: NodePatch, coalesce?: string): void;
}
