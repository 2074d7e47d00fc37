import type { ExportDetail, ExportMark, ExportOutcome } from '../../../contract/exports.ts';
import { useApi } from '../../api/queries.ts';
import { openOf } from '../exports/openOf.ts';
import type { Open } from './recordActions.ts';

/** What of the export waits for somebody. What the sums do not tell is counted where there can be any. */
export function useOpen(made: ExportDetail): Open {
  const unsent = useCount(made, 'unsent', 'none');
  const notWritten = useCount(made, 'doubt', 'not written');
  return { ...openOf(made), due: unsent + notWritten };
}

function useCount({ id, stage, counts }: ExportDetail, outcome: ExportOutcome, mark: ExportMark | 'none'): number {
  const some = stage === 'settled' && (counts.outcomes[outcome] ?? 0) > 0;
  const input = { params: { export: id }, query: { outcome, mark, limit: 1 } };
  return useApi('listExportRecords', input, { enabled: some }).data?.matching ?? 0;
}
