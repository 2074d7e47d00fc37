/** Whether values of a column's type can be written where they are mapped to, as far as types alone tell. */
import type { ColumnType, Json } from '../../contract/types.ts';

/** `all`: every value is refused; `some`: those that do not read as what is wanted. */
export type Misfit = 'all' | 'some';

/** Canonical cells of each type; between them they read as every type as which a value of theirs can be read. */
const samples: Record<ColumnType, Json[]> = {
  text: ['hello', '12', '1.5', 'true', '2026-01-31', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00'],
  integer: [0, 1, 12],
  number: [0, 1, 1.5],
  decimal: ['0', '1', '1.5'],
  boolean: [true, false],
  date: ['2026-01-31'],
  datetime: ['2026-01-31T00:00:00.000Z', '2026-01-31T10:00:00.000Z'],
  json: [{ a: 1 }, 12, 0, true, '2026-01-31', '2026-01-31T10:00:00.000Z'],
};

/** Null: it fits. `takes` is the very conversion that the run makes. */
export function misfitBy(from: ColumnType, takes: (value: Json) => boolean): Misfit | null {
  const values = samples[from];
  const taken = values.filter(takes).length;
  if (taken === values.length) return null;
  return taken === 0 ? 'all' : 'some';
}
