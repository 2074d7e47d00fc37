import type { ExportSummary } from '../../../contract/exports.ts';
import { useApi } from '../../api/queries.ts';

/** The export that a task of the run has made; null: none, or not known yet. */
export function useTaskExport(run: string | null, task: string | undefined): ExportSummary | null {
  const found = useApi('listExports', { query: { run: run ?? '', limit: 200 } }, { enabled: run !== null });
  return found.data?.find((made) => made.id === task) ?? null;
}
