import { checkWorkflow } from '../../contract/check.ts';
import type { Issue } from '../../contract/errors.ts';
import type { CheckScope, NodeCatalog } from '../../contract/node.ts';
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

/** All problems of a drawing, with the connections of this instance. */
export async function findProblems(db: Db, against: CheckAgainst, workflow: Workflow): Promise<Issue[]> {
  return checkWorkflow(workflow, against.nodes, await knownConnections(db, against));
}

/** How many problems each draft has. Checked once for a revision and a set of connections: lists are read often. */
export function createProblemCounts(against: CheckAgainst) {
  const known = new Map<string, { key: string; count: number }>();
  return (row: WorkflowRow, connections: Connections): number => {
    const key = JSON.stringify([row.revision, row.updated_at, connections]);
    const found = known.get(row.id);
    if (found?.key === key) return found.count;
    const count = checkWorkflow(readFile(row.draft), against.nodes, connections).length;
    known.set(row.id, { key, count });
    return count;
  };
}
export type ProblemCounts = ReturnType<typeof createProblemCounts>;
