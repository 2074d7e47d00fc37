/** Records that have become others, such as converted leads: they cannot be changed any more, and say which has taken their place. */
import type { RemoteMove } from '../../../contract/recordTrail.ts';
import type { Cell, Column } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';

type Held = Readonly<Record<string, Cell>>;

/** In the tables of a plan and of what became of it: the id of the record that has taken the place of a row's. */
export const movedColumn: Column = { name: 'movedTo', label: 'Moved to', type: 'text', identifying: true };

/** The fields by which it is told. */
export const movedFields = (moved: RemoteMove | undefined): string[] => (moved ? [moved.field, moved.idField] : []);

/** Why the record cannot be written; null: it is still itself. */
export function movedReason(moved: RemoteMove | undefined, held: Held): RejectReason | null {
  if (!moved || held[moved.field] !== true) return null;
  const to = movedTo(moved, held);
  const place = to === null ? `a record of ${moved.object} that is not there any more` : `${moved.object} ${to}`;
  return ownReason('RECORD_MOVED', { place });
}

/** Null: it says nothing of that. */
export const movedTo = (moved: RemoteMove | undefined, held: Held): Cell =>
  moved ? (held[moved.idField] ?? null) : null;
