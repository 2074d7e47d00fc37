/** Only newer: a row whose date or number is behind what the record holds already leaves it as it is, by whichever run it comes. */
import type { Cell, ColumnType } from '../../../contract/types.ts';
import { canonicalText } from '../../../contract/types.ts';
import type { RejectReason } from '../../kit/rejects.ts';
import { ownReason } from '../../kit/rejects.ts';
import { datedTypes } from '../exportConfig.ts';
import type { WrittenField } from './fields.ts';

type Newer = Pick<WrittenField, 'mapped' | 'remote'>;

/** Why a row is left as it is; null: it is newer than what the record holds, or nothing is said of that. */
export function olderReason(newer: Newer | null, given: Cell, held: Cell): RejectReason | null {
  if (newer === null) return null;
  const { mapped, remote } = newer;
  if (isNewer(remote.type, given, held)) return null;
  const text = (cell: Cell): string => canonicalText(remote.type, cell) ?? 'nothing';
  return ownReason('NOT_NEWER', { field: mapped.label || mapped.field, held: text(held), given: text(given) }, [
    mapped.field,
  ]);
}

/**
 * What nothing is known of is newer than nothing, and older than all else. Of two of one day, or of one second where the record
 * keeps no more, none can be told to be the older: the one that comes later counts, as a consent that is withdrawn at once does.
 */
export function isNewer(type: ColumnType, given: Cell, held: Cell): boolean {
  const [one, other] = [formOf(type, given), formOf(type, held)];
  if (other === null) return true;
  if (one === null) return false;
  if (type === 'date') return one >= other;
  return type === 'datetime' ? isNewerInstant(String(one), String(other)) : one > other;
}

/** CRMs keep seconds: a record that says more tells the two apart. */
const isNewerInstant = (given: string, held: string): boolean =>
  held.endsWith('.000Z') ? given.slice(0, 19) >= held.slice(0, 19) : given >= held;

function formOf(type: ColumnType, cell: Cell): string | number | bigint | null {
  const text = canonicalText(type, cell);
  if (text === null || !datedTypes.has(type)) return null;
  if (type === 'datetime' || type === 'date') return text;
  return type === 'number' ? Number(text) : exact(text);
}

/** Decimals have at most a thousand digits on either side of the point. */
const mostDigits = 1_000;

function exact(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(`${whole}${fraction.padEnd(mostDigits, '0')}`);
}
