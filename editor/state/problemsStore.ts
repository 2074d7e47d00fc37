import { create } from 'zustand';
import type { Issue } from '../../contract/errors.ts';

interface Problems {
  issues: readonly Issue[];
  /** For the cards: how many, and how bad the worst is. */
  byNode: ReadonlyMap<string, { count: number; severity: Issue['severity'] }>;
}

/** What is wrong with the drawing that is shown. */
export const useProblems = create<Problems>(() => ({ issues: [], byNode: new Map() }));

export function setProblems(issues: readonly Issue[]): void {
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
