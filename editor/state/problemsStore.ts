import { create } from 'zustand';
import type { Issue } from '../../contract/errors.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';

interface Problems {
  /** What the check of the drawing finds. */
  issues: readonly Issue[];
  /** What an outside system refused when settings were tried, by node, with those settings: they are no longer wrong when they change. */
  refused: ReadonlyMap<string, { config: WorkflowNode['config']; issue: Issue }>;
  /** For the cards: how many, and how bad the worst is. */
  byNode: ReadonlyMap<string, { count: number; severity: Issue['severity'] }>;
}

/** What is wrong with the drawing that is shown. */
export const useProblems = create<Problems>(() => ({ issues: [], refused: new Map(), byNode: new Map() }));

/** All of them, as the list of problems shows them. */
export const allProblems = ({ issues, refused }: Problems): Issue[] => [
  ...issues,
  ...[...refused.values()].map(({ issue }) => issue),
];

/** The field stands beside the message, or the message at the field: its path need not begin the sentence. */
export function withoutPath(issue: Issue): Issue {
  const start = `${issue.path}: `;
  if (issue.path === undefined || !issue.message.startsWith(start)) return issue;
  const reason = issue.message.slice(start.length);
  return { ...issue, message: reason.charAt(0).toUpperCase() + reason.slice(1) };
}

/** What the check of a drawing says, or null where none is checked. */
export function setProblems(given: readonly Issue[], drawn: Pick<Workflow, 'nodes'> | null): void {
  const configs = new Map(drawn?.nodes.map(({ id, config }) => [id, config]));
  const { refused } = useProblems.getState();
  const still = [...refused].filter(([id, { config }]) => configs.get(id) === config);
  put({ issues: given.map(withoutPath), refused: new Map(still) });
}

/**
 * What trying the settings of a node has shown: what was refused, or null: nothing was. The answer may come when the drawing has
 * gone on, or another one is open: `drawn` is the one that is open now, and of settings that it has not nothing is told.
 */
export function setRefused(
  { id, config }: WorkflowNode,
  issue: Issue | null,
  drawn: Pick<Workflow, 'nodes'> | null,
): void {
  if (drawn?.nodes.find((node) => node.id === id)?.config !== config) return;
  const refused = new Map(useProblems.getState().refused);
  if (issue) refused.set(id, { config, issue });
  else refused.delete(id);
  put({ refused });
}

function put(change: Partial<Omit<Problems, 'byNode'>>): void {
  const before = useProblems.getState();
  const now = { ...before, ...change };
  const grouped = Map.groupBy(
    allProblems(now).filter((issue) => issue.nodeId !== undefined),
    (issue) => issue.nodeId ?? '',
  );
  const byNode = new Map(
    [...grouped].map(([id, list]) => {
      const next = {
        count: list.length,
        severity: list.some((issue) => issue.severity === 'error') ? 'error' : 'warning',
      } as const;
      const known = before.byNode.get(id);
      return [id, known?.count === next.count && known.severity === next.severity ? known : next] as const;
    }),
  );
  useProblems.setState({ ...now, byNode });
}
