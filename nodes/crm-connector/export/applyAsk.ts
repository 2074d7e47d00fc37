/** Asking the CRM what became of rows whose answer was lost, before anything is sent again. */
import type { Cell } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import type { Found, Scope } from './applyRecords.ts';
import { findRecords, holds } from './applyRecords.ts';
import type { StageRow } from './applyStages.ts';
import { resultCells } from './results.ts';

/** The results of rows that may have been written by the call. */
export async function askFor(scope: Scope, rows: readonly StageRow[], call: number): Promise<Cell[][]> {
  if (scope.stage.kind === 'add' && !scope.client.writer.newId)
    return rows.map((row) => doubtful(row, call, 'it has no key to look for it by'));
  const found = await findRecords(scope, rows);
  return rows.map((row) => judge(scope, row, found.get(row.at) ?? { state: 'absent' }, call));
}

/** Rows were checked right before they were sent, so what is as they wanted it is their doing. */
function judge(scope: Scope, row: StageRow, found: Found, call: number): Cell[] {
  const { kind } = scope.stage;
  if (found.state === 'several') return doubtful(row, call, 'several records have its key');
  if (kind === 'delete') return found.state === 'absent' ? written(row, 'deleted', row.id, call) : again(row, call);
  if (kind === 'undelete') return found.state === 'absent' ? again(row, call) : written(row, 'undeleted', row.id, call);
  if (kind === 'update') return judgeUpdate(scope, row, found, call);
  if (found.state === 'absent') return judgeAbsent(scope, row, call);
  if (holds(scope.target, found.values, row.told)) return written(row, 'created', found.id, call);
  return doubtful(row, call, `the record ${found.id} with its key has other values`);
}

/** Should the request still arrive, behind all deadlines, only a key or an id that no two records have keeps the record from being made twice. */
function judgeAbsent({ client, stage, target }: Scope, row: StageRow, call: number): Cell[] {
  const key = target.fields.find(({ remote }) => remote.name === target.keyField);
  return stage.kind === 'upsert' || key?.remote.unique || client.writer.newId
    ? again(row, call)
    : doubtful(row, call, 'no record has its key, but several may, so that it is not safe to send it again');
}

function judgeUpdate({ target }: Scope, row: StageRow, found: Found, call: number): Cell[] {
  if (found.state !== 'found') return doubtful(row, call, 'the record was deleted meanwhile');
  if (holds(target, found.values, row.told)) return written(row, 'updated', found.id, call);
  if (row.before && holds(target, found.values, row.before)) return again(row, call);
  return doubtful(row, call, 'the record was changed meanwhile');
}

const written = (row: StageRow, word: Written, recordId: string | null, call: number) =>
  resultCells(row.row, word, { recordId, call });

type Written = 'created' | 'updated' | 'deleted' | 'undeleted';

const lost: RejectReason = ownReason('REMOTE_UNREACHABLE', {
  host: 'The outside system',
  reason: 'its answer was lost, and nothing was written',
});

const again = (row: StageRow, call: number): Cell[] => resultCells(row.row, 'again', { reason: lost, call });

const doubtful = (row: StageRow, call: number, reason: string): Cell[] =>
  resultCells(row.row, 'doubt', { reason: ownReason('IN_DOUBT', { reason }), call });
