/** Exports that send rows of another one once more. */
import type { Db } from '../db/transaction.ts';
import type { ExportRow } from './rows.ts';

/** Ids of those whose rows they send, by their own: only the node at which the run was begun anew does, not those behind it. */
export async function findRequeued(
  db: Db,
  rows: readonly Pick<ExportRow, 'id' | 'run_id' | 'node_id'>[],
): Promise<Map<string, string>> {
  const runs = [...new Set(rows.map(({ run_id }) => run_id))];
  const asked: { run_id: string; export_id: string; node_id: string }[] = await db('export_runs')
    .join('exports', 'exports.id', 'export_runs.export_id')
    .where({ purpose: 'requeue' })
    .whereIn('export_runs.run_id', runs)
    .select('export_runs.run_id', 'export_runs.export_id', 'exports.node_id');
  const byRun = new Map(asked.map((one) => [one.run_id, one]));
  return new Map(
    rows.flatMap(({ id, run_id, node_id }) => {
      const from = byRun.get(run_id);
      return from?.node_id === node_id ? [[id, from.export_id] as const] : [];
    }),
  );
}
