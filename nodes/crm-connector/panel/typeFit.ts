/** Whether values of a column's type can be written into a field, as far as types alone tell. */
import type { ColumnType } from '../../../contract/types.ts';
import type { Misfit } from '../../kit/typeFit.ts';
import { misfitBy } from '../../kit/typeFit.ts';
import type { Conversion } from '../conversions.ts';
import { sentCell } from '../export/sentCell.ts';

/** Null: it fits. Asked of the very conversion that the run makes. */
export function misfitOf(from: ColumnType, to: ColumnType, conversion: Conversion): Misfit | null {
  return misfitBy(from, (value) => sentCell({ type: to, conversion }, value, 'UTC').ok);
}
