import { create } from 'zustand';
import type { Issue } from '../../contract/errors.ts';

interface Problems {
  issues: readonly Issue[];
  /** For the cards: how many, and how bad the worst is. */
  byNode: ReadonlyMap<string, { count: number; severity: Issue['severity'] }>;
}

/** What is wrong with the drawing that is shown. */
export const useProblems = create<Problems>(() => ({ issues: [], byNode: new Map() }));

/** The field stands beside the message, or the message at the field: its path need not begin the sentence. */
function withoutPath(issue: Issue): Issue {
  const start = `${issue.path}: `;
  if (issue.path === undefined || !issue.message.startsWith(start)) return issue;
  const reason = issue.message.slice(start.length);
  return { ...issue, message: reason.charAt(0).toUpperCase() + reason.slice(1) };
}

export function setProblems(given: readonly Issue[]): void {
  const issues = given.map(withoutPath);
  const before = useProblems.getState().byNode;
  const grouped = Map.groupBy(
    issues.filter((issue) => issue.nodeId !== undefined),
    (issue) => issue.nodeId ?? '',
  );
  const byNode = new Map(
    [...grouped].map(([id, list]) => {
      const next = {
        count: list.length,
        severity: list.some((issue) => issue.severity === 'error') ? 'error' : 'warning',
      } as const;
      const known = before.get(id);
      return [id, known?.count === next.count && known.severity === next.severity ? known : next] as const;
    }),
  );
  useProblems.setState({ issues, byNode });
}
