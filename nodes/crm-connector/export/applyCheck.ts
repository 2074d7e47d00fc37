/** Whether a record is still what the plan was made for, asked right before it is sent. */
import type { Cell } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import type { Found, Scope } from './applyRecords.ts';
import { findRecords, holds } from './applyRecords.ts';
import type { StageRow } from './applyStages.ts';
import { movedReason, movedTo } from './moved.ts';
import { olderReason } from './newest.ts';
import { resultCells } from './results.ts';

/** The results of the rows that must not be sent as planned; by `at`. */
export async function findKept(scope: Scope, rows: readonly StageRow[]): Promise<Map<number, Cell[]>> {
  const kept = new Map<number, Cell[]>();
  // A creation without a key is new whatever is there.
  if (scope.stage.kind === 'add') return kept;
  const found = await findRecords(scope, rows);
  for (const row of rows) {
    const cells = keptCells(scope, row, found.get(row.at) ?? { state: 'absent' });
    if (cells !== null) kept.set(row.at, cells);
  }
  const left = rows.filter(({ at }) => !kept.has(at));
  for (const [at, cells] of await findParents(scope, left)) kept.set(at, cells);
  return kept;
}

/** No stamp of a record tells that others were added to it. */
async function findParents({ stage, target }: Scope, rows: readonly StageRow[]): Promise<Map<number, Cell[]>> {
  if (stage.kind !== 'delete' || !target.findChildren) return new Map();
  const found = await target.findChildren(rows.flatMap(({ id }) => id ?? []));
  return new Map(
    rows.flatMap(({ at, id, row }) => {
      const reason = found.get(id ?? '');
      return reason === undefined ? [] : [[at, rejected(row, reason)] as const];
    }),
  );
}

const rejected = (row: number, reason: RejectReason): Cell[] => resultCells(row, 'rejected', { reason, call: null });

function keptCells(scope: Scope, row: StageRow, found: Found): Cell[] | null {
  const { kind } = scope.stage;
  const isChange = kind === 'update' || kind === 'upsert';
  const left = isChange && found.state === 'found' ? (moved(scope, row, found) ?? older(scope, row, found)) : null;
  if (left !== null) return left;
  const what = whatChanged(scope, row, found);
  return what === null ? null : rejected(row.row, ownReason('CHANGED_SINCE_PLAN', { what }));
}

type Here = Found & { state: 'found' };

function moved({ target: { moved, follows } }: Scope, { row }: StageRow, { id, values }: Here): Cell[] | null {
  const reason = movedReason(moved, values);
  if (reason === null) return null;
  const to = movedTo(moved, values);
  return resultCells(row, follows && to !== null ? 'moved' : 'rejected', {
    recordId: id,
    movedTo: to,
    reason,
    call: null,
  });
}

/** Something newer came while the plan waited: that the record is not what the plan was made for harms nobody then. */
function older({ target }: Scope, { row, told }: StageRow, { id, values }: Here): Cell[] | null {
  const name = target.newer?.remote.name ?? '';
  const reason = olderReason(target.newer, told[name] ?? null, values[name] ?? null);
  return reason && resultCells(row, 'unchanged', { recordId: id, reason, call: null });
}

function whatChanged({ stage: { kind }, target }: Scope, row: StageRow, found: Found): string | null {
  if (kind === 'undelete') return found.state === 'absent' ? null : 'it is there again';
  const isNew = kind === 'create' || kind === 'upsert';
  if (found.state === 'several') return 'more than one record has its key now';
  if (found.state === 'absent') return isNew ? null : 'it is not there any more';
  if (isNew) return `a record with its key is there now, ${found.id}`;
  const { stampField } = target;
  // A stamp can move without a change of what an update is about; a deletion concerns all of the record.
  const isStamped = kind === 'update' || stampField === null || found.values[stampField] === row.stamp;
  // And it can stay, since it counts seconds: what an update is about is compared whatever it says.
  const compares = kind === 'update' || stampField === null;
  return isStamped && (!compares || holds(target, found.values, row.before ?? {})) ? null : 'it has other values now';
}
