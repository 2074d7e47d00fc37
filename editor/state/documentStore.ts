import { create } from 'zustand';
import type { Workflow } from '../../contract/workflow.ts';
import type { DocumentAction, Edit } from './document/actions.ts';
import { differs } from './document/differences.ts';
import { type DocumentState, emptyDocument, reduceDocument } from './document/reduceDocument.ts';

/** The drawing that is open in this tab. It outlives the page, so that going to a run and back loses nothing. */
export const useDocument = create<DocumentState>(() => emptyDocument);

export function dispatchDocument(action: DocumentAction): void {
  useDocument.setState((state) => reduceDocument(state, action), true);
}

/** One edit, one step of undo; with `coalesce`, typing in the same place becomes one. */
export function editDocument(edit: Edit, coalesce?: string): void {
  dispatchDocument({ type: 'edit', edit, at: performance.now(), coalesce });
}

export const openWorkflow = (): Workflow | null => useDocument.getState().workflow;

let compared: { workflow: Workflow | null; saved: Workflow | null; result: boolean } = {
  workflow: null,
  saved: null,
  result: false,
};

/** Whether there is something to save. The last answer is kept: many components ask at every edit. */
export function isDirty({ workflow, saved }: Pick<DocumentState, 'workflow' | 'saved'>): boolean {
  if (compared.workflow !== workflow || compared.saved !== saved)
    compared = { workflow, saved, result: differs(saved, workflow) };
  return compared.result;
}
