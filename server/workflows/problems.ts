import { checkWorkflow } from '../../contract/check.ts';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, KnownWorkflow, NodeCatalog } from '../../contract/node.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Db } from '../db/transaction.ts';
import type { WorkflowRow } from './rows.ts';
import { readFile } from './rows.ts';

/** What a drawing may name, and what its nodes may be. */
export interface CheckAgainst {
  nodes: NodeCatalog;
  /** IANA zone of the instance. */
  timeZone: string;
  /** What a kind of connection can do; empty for a kind that is not installed. */
  capabilitiesOf(kind: string): readonly string[];
}
type Connections = NonNullable<CheckScope['connections']>;

export async function knownConnections(db: Db, against: CheckAgainst): Promise<Connections> {
  const rows: { name: string; kind: string }[] = await db('connections').select('name', 'kind').orderBy('name');
  return rows.map((row) => ({ ...row, capabilities: against.capabilitiesOf(row.kind) }));
}

/** All problems of a drawing, with the connections and workflows of this instance. */
export async function findProblems(db: Db, against: CheckAgainst, workflow: Workflow): Promise<Issue[]> {
  const rows: NamedRow[] = await db('workflows').select('internal_name', 'published_version');
  return checkWorkflow(workflow, against.nodes, await knownConnections(db, against), rows.map(toKnown));
}

type NamedRow = Pick<WorkflowRow, 'internal_name' | 'published_version'>;

const toKnown = (row: NamedRow): KnownWorkflow => ({
  name: row.internal_name,
  published: row.published_version !== null,
});

/**
 * How many problems each draft has, among the connections and workflows that there are. Checked once for a revision and
 * what is around it: lists are read often.
 */
export function createProblemCounts(against: CheckAgainst) {
  const known = new Map<string, { key: string; count: number }>();
  return (connections: Connections, all: readonly NamedRow[]): ((row: WorkflowRow) => number) => {
    const workflows = all.map(toKnown);
    const around = JSON.stringify([connections, workflows]);
    return (row) => {
      const key = JSON.stringify([row.revision, row.updated_at]) + around;
      const found = known.get(row.id);
      if (found?.key === key) return found.count;
      const count = checkWorkflow(readFile(row.draft), against.nodes, connections, workflows).length;
      known.set(row.id, { key, count });
      return count;
    };
  };
}
export type ProblemCounts = ReturnType<typeof createProblemCounts>;
