/** Whether a record is still what the plan was made for, asked right before it is sent. */
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import type { Found, Scope } from './applyRecords.ts';
import { findRecords, holds } from './applyRecords.ts';
import type { StageRow } from './applyStages.ts';

/** Why rows must not be sent as planned; by `at`. */
export async function findChanged(scope: Scope, rows: readonly StageRow[]): Promise<Map<number, RejectReason>> {
  const changed = new Map<number, RejectReason>();
  // A creation without a key is new whatever is there.
  if (scope.stage.kind === 'add') return changed;
  const found = await findRecords(scope, rows);
  for (const row of rows) {
    const what = whatChanged(scope, row, found.get(row.at) ?? { state: 'absent' });
    if (what !== null) changed.set(row.at, ownReason('CHANGED_SINCE_PLAN', { what }));
  }
  const kept = rows.filter(({ at }) => !changed.has(at));
  for (const [at, reason] of await findParents(scope, kept)) changed.set(at, reason);
  return changed;
}

/** No stamp of a record tells that others were added to it. */
async function findParents({ stage, target }: Scope, rows: readonly StageRow[]): Promise<Map<number, RejectReason>> {
  if (stage.kind !== 'delete' || !target.findChildren) return new Map();
  const found = await target.findChildren(rows.flatMap(({ id }) => id ?? []));
  return new Map(
    rows.flatMap(({ at, id }) => {
      const children = found.get(id ?? '');
      return children === undefined ? [] : [[at, ownReason('CHILDREN_WOULD_GO', { children })] as const];
    }),
  );
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
