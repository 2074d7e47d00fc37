/** The sums of an export as lists of figures, without those that are zero. */
import {
  type ExportAction,
  type ExportCounts,
  type ExportOutcome,
  exportActions,
  exportOutcomes,
} from '../../../contract/exports.ts';

export interface Figure<Name extends string> {
  name: Name;
  count: number;
}

/** By what is planned; those that the plan refuses come last. */
export function plannedFigures({ actions, refused }: ExportCounts): Figure<ExportAction | 'refused'>[] {
  const all = exportActions.map((name) => ({ name, count: actions[name] ?? 0 }));
  return [...all, { name: 'refused' as const, count: refused }].filter(({ count }) => count > 0);
}

/** By what became of them; empty until something was sent. */
export function outcomeFigures({ outcomes }: ExportCounts): Figure<ExportOutcome>[] {
  return exportOutcomes.map((name) => ({ name, count: outcomes[name] ?? 0 })).filter(({ count }) => count > 0);
}

/** Of how many rows it is known what became, as a share of those that came. */
export function shareSettled(counts: ExportCounts): number {
  const known = outcomeFigures(counts).reduce((sum, { count }) => sum + count, 0);
  return counts.input === 0 ? 0 : Math.min(1, known / counts.input);
}
