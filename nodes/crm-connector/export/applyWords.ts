/** Answers of the CRM as results of rows. */
import type { Cell } from '../../../contract/types.ts';
import type { RecordRefusal, RecordResult } from '../../../contract/write.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import type { Scope } from './applyRecords.ts';
import type { Kind } from './applyStages.ts';
import { lastTry } from './applyStages.ts';
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

/**
 * Whether the CRM has said its last word on a record. One that another has taken the place of between the last look and the
 * write is looked at again, so that it can be said which. One that is brought back may refer to another that comes later.
 */
export function isFinal({ stage, target }: Scope, { code, passing }: RecordRefusal): boolean {
  const tells = code === 'RECORD_MOVED' && target.moved !== undefined;
  const waits = code === 'REFERENCE_UNKNOWN' && stage.kind === 'undelete';
  return (!passing && !tells && !waits) || stage.round >= lastTry;
}

/** `isFinal`: it is not tried any more. */
export function refusedCells(row: number, reason: RejectReason, isFinal: boolean, call: number | null): Cell[] {
  return resultCells(row, isFinal ? 'rejected' : 'again', { reason, call });
}
