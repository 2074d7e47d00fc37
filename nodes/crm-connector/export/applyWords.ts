/** Answers of the CRM as results of rows. */
import type { Cell } from '../../../contract/types.ts';
import type { RecordResult } from '../../../contract/write.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import type { Kind } from './applyStages.ts';
import { resultCells } from './results.ts';

export function writtenCells(
  row: number,
  kind: Kind,
  { id, created }: RecordResult & { outcome: 'written' },
  call: number,
): Cell[] {
  return resultCells(row, wordOf(kind, created), { recordId: id, call });
}

function wordOf(kind: Kind, created: boolean): 'created' | 'updated' | 'deleted' | 'undeleted' {
  if (kind === 'delete' || kind === 'undelete') return `${kind}d`;
  return created || kind === 'create' || kind === 'add' ? 'created' : 'updated';
}

/** `isFinal`: it is not tried any more. */
export function refusedCells(row: number, reason: RejectReason, isFinal: boolean, call: number | null): Cell[] {
  return resultCells(row, isFinal ? 'rejected' : 'again', { reason, call });
}
