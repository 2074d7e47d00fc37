/** The drawing that is open, with undo and redo of every edit. Knows nothing of runs. */
import type { Workflow } from '../../../contract/workflow.ts';
import type { DocumentAction } from './actions.ts';
import { applyEdit } from './applyEdit.ts';

export interface DocumentState {
  /** null until a workflow is open. */
  workflow: Workflow | null;
  /** As the server has it. */
  saved: Workflow | null;
  /** The revision that `saved` is; a save names it. */
  revision: number;
  past: readonly Workflow[];
  future: readonly Workflow[];
  /** The last edit, while another may still join it. */
  open: { coalesce: string; at: number } | null;
}

export const emptyDocument: DocumentState = {
  workflow: null,
  saved: null,
  revision: 0,
  past: [],
  future: [],
  open: null,
};

const deepest = 300;
const joinWithinMs = 2_000;

export function reduceDocument(state: DocumentState, action: DocumentAction): DocumentState {
  switch (action.type) {
    case 'open':
      return { ...emptyDocument, workflow: action.workflow, saved: action.workflow, revision: action.revision };
    case 'saved':
      return { ...state, saved: action.workflow, revision: action.revision, open: null };
    case 'undo':
      return undo(state);
    case 'redo':
      return redo(state);
    case 'edit':
      return state.workflow ? edit(state, state.workflow, action) : state;
  }
}

function edit(
  state: DocumentState,
  current: Workflow,
  action: Extract<DocumentAction, { type: 'edit' }>,
): DocumentState {
  const workflow = applyEdit(current, action.edit);
  if (workflow === current) return state;
  const open = action.coalesce === undefined ? null : { coalesce: action.coalesce, at: action.at };
  const joins = open && state.open?.coalesce === open.coalesce && open.at - state.open.at < joinWithinMs;
  const past = joins ? state.past : [...state.past, current].slice(-deepest);
  return { ...state, workflow, past, future: [], open };
}

function undo(state: DocumentState): DocumentState {
  const previous = state.past.at(-1);
  if (!previous || !state.workflow) return state;
  return {
    ...state,
    workflow: previous,
    past: state.past.slice(0, -1),
    future: [state.workflow, ...state.future],
    open: null,
  };
}

function redo(state: DocumentState): DocumentState {
  const [next, ...future] = state.future;
  if (!next || !state.workflow) return state;
  return { ...state, workflow: next, past: [...state.past, state.workflow], future, open: null };
}
