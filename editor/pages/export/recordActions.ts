/** What people can do with records of an export, and with which. */
import type { ExportRecord } from '../../../contract/exports.ts';

export const recordActions = ['undo', 'requeue', 'dismiss', 'written', 'notWritten'] as const;
export type RecordAction = (typeof recordActions)[number];

type Said = Pick<ExportRecord, 'outcome' | 'mark'>;

const written: readonly (ExportRecord['outcome'] | undefined)[] = ['created', 'updated', 'deleted', 'undeleted'];

/** It was not written, as far as anybody knows, and nobody has said yet what shall become of it. */
const isLeft = ({ outcome, mark }: Said): boolean =>
  outcome === 'doubt' ? mark === 'not written' : mark === null && (outcome === 'rejected' || outcome === 'unsent');

/** `again`: also where somebody has said something else before. The server has the last word. */
const possible: Record<RecordAction, (record: Said, again: boolean) => boolean> = {
  undo: ({ outcome }) => written.includes(outcome),
  requeue: (record, again) => isLeft(record) || (again && record.mark === 'dismissed'),
  dismiss: isLeft,
  written: ({ outcome, mark }, again) => outcome === 'doubt' && (mark === null || (again && mark === 'not written')),
  notWritten: ({ outcome, mark }, again) => outcome === 'doubt' && (mark === null || (again && mark === 'written')),
};

/** The rows, among these records, that an action can take. */
export function rowsFor(
  action: RecordAction,
  records: Iterable<Pick<ExportRecord, 'row' | 'outcome' | 'mark'>>,
  again = true,
): number[] {
  return [...records].filter((record) => possible[action](record, again)).map(({ row }) => row);
}

/** What of an export waits for somebody: records in doubt, rejected ones, and others that are due again. */
export interface Open {
  doubt: number;
  rejects: number;
  /** Not sent, or said not to be written. */
  due: number;
}

/** How many records an action takes when none are chosen; null: nobody has counted them. */
export function countFor(action: RecordAction, { doubt, rejects, due }: Open): number | null {
  if (action === 'undo') return null;
  return action === 'written' || action === 'notWritten' ? doubt : rejects + due;
}
