/** A run that begins at the node of an export with rows that it has not written, and goes on behind it. */
import { UserError } from '../../contract/errors.ts';
import type { RunSummary } from '../../contract/run.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { Tx } from '../db/transaction.ts';
import type { RunHost } from '../runs/createRun.ts';
import { createRun } from '../runs/createRun.ts';
import { findPublished, nameWorkflow, readFile, type WorkflowRow } from '../workflows/rows.ts';
import { requireSettled } from './find.ts';
import { readTables } from './keep.ts';
import type { Named } from './marks.ts';
import { findSayable, readMarks, say, sayings } from './marks.ts';
import type { ExportRow } from './rows.ts';
import { refuseStillSent } from './stillSent.ts';
import { type Repeat, readExported } from './undo.ts';

/**
 * `tx` comes from `inTransaction`. Throws UserError EXPORT_NOT_SETTLED, EXPORT_GOES_ON, RECORD_NOT_OPEN, NOTHING_OPEN, NOT_FOUND (the workflow),
 * NOT_PUBLISHED, EXPORT_NODE_GONE, and what createRun throws.
 */
export async function startRequeue(
  tx: Tx,
  host: RunHost,
  row: ExportRow,
  { named, origin, connections }: Repeat & { named: Named },
): Promise<RunSummary> {
  requireSettled(row);
  await refuseStillSent(tx, host.catalog, row);
  const sayable = findSayable(row, await readMarks(tx, row.id), sayings.requeued, named);
  const { workflow, version } = await findWorkflow(tx, row);
  const node = workflow.nodes.find(({ id }) => id === row.node_id);
  if (!node) throw new UserError('EXPORT_NODE_GONE', { node: row.node_label });
  const run = await createRun(tx, host, {
    workflow,
    workflowId: row.workflow_id,
    version,
    origin: { ...origin, export: { id: row.id, purpose: 'requeue' } },
    startNode: node.id,
    from: {
      run: row.run_id,
      node: node.id,
      instanceVars: row.instance_vars,
      rows: { table: readTables(row).input, count: sayable.records, transition: row.transition_id, vars: row.vars },
    },
    connections: connections ?? null,
  });
  const asked = { run_id: run.id, export_id: row.id, purpose: 'requeue', rows: null, tables: null };
  await tx('export_runs').insert(asked);
  const said = { mark: sayings.requeued.mark, by: origin.by, at: host.at, run_id: run.id };
  await say(tx, row, sayable, said);
  return run;
}

/** What is published now; of a draft or a file, what was run then. */
async function findWorkflow(tx: Tx, row: ExportRow): Promise<{ workflow: Workflow; version: number | null }> {
  if (row.version === null) return { workflow: await readExported(tx, row), version: null };
  const stored: WorkflowRow | undefined = await tx('workflows').where({ id: row.workflow_id }).first();
  if (!stored) throw new UserError('NOT_FOUND', { what: nameWorkflow(row.workflow_name) });
  const published = await findPublished(tx, stored);
  if (!published) throw new UserError('NOT_PUBLISHED');
  return { workflow: readFile(published.file), version: published.version };
}
