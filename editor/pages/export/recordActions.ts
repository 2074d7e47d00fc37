/** What people can do with records of an export, and with which. */
import type { ExportDetail, ExportRecord } from '../../../contract/exports.ts';

export const recordActions = ['undo', 'requeue', 'dismiss', 'written', 'notWritten'] as const;
export type RecordAction = (typeof recordActions)[number];

const written: readonly (ExportRecord['outcome'] | undefined)[] = ['created', 'updated', 'deleted', 'undeleted'];

/** Whether it makes sense for a record; the server has the last word. */
const possible: Record<RecordAction, (record: ExportRecord) => boolean> = {
  undo: ({ outcome, mark }) => written.includes(outcome) || (outcome === 'doubt' && mark === 'written'),
  requeue: ({ outcome, mark }) => mark === null && (outcome === 'rejected' || outcome === 'unsent'),
  dismiss: ({ outcome, mark }) => mark === null && outcome === 'rejected',
  written: ({ outcome, mark }) => mark === null && outcome === 'doubt',
  notWritten: ({ outcome, mark }) => mark === null && outcome === 'doubt',
};

/** The rows, among these records, that an action can take. */
export function rowsFor(action: RecordAction, records: Iterable<ExportRecord>): number[] {
  return [...records].filter(possible[action]).map(({ row }) => row);
}

/** How many an action takes when none are chosen; null: nobody has counted them. */
export function countFor(action: RecordAction, { openRejects, openDoubt, counts }: ExportDetail): number | null {
  if (action === 'written' || action === 'notWritten') return openDoubt;
  if (action === 'dismiss') return openRejects;
  if (action === 'undo') return null;
  return counts.outcomes.unsent ? null : openRejects;
}

/** Whether the export has anything for an action, as far as its sums say. */
export function hasFor(action: RecordAction, made: ExportDetail): boolean {
  const { outcomes } = made.counts;
  if (action === 'undo') return made.notUndoable === null;
  if (action === 'requeue') return made.openRejects > 0 || (outcomes.unsent ?? 0) > 0;
  return (countFor(action, made) ?? 0) > 0;
}
