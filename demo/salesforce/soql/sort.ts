import type { Value } from '../objects/field.ts';
import { SLICE_ROWS, Slices } from '../store/slices.ts';
import type { Column } from './columns.ts';
import { fold } from './compare.ts';

/** A column to sort by. */
export interface SortKey {
  column: Column;
  descending: boolean;
  nullsLast: boolean;
}

const RUN = 4096;

/** Sorts rows by several columns, in slices; rows alike in all of them stay in the order of their ids. */
export async function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Promise<Uint32Array> {
  const slices = new Slices();
  const values = await readKeys(rows, keys, slices);
  const compare = (a: number, b: number): number => {
    for (let k = 0; k < keys.length; k++) {
      const order = compareValues(values[k]![a]!, values[k]![b]!, keys[k]!);
      if (order !== 0) return order;
    }
    return rows[a]! - rows[b]!;
  };
  const places = await sortPlaces(rows.length, compare, slices);
  return places.map((place) => rows[place]!);
}

async function readKeys(rows: Uint32Array, keys: readonly SortKey[], slices: Slices): Promise<Value[][]> {
  const values: Value[][] = keys.map(() => new Array(rows.length));
  const share = keys.map(makeShare);
  for (let i = 0; i < rows.length; i++) {
    if (i % SLICE_ROWS === 0 && slices.due) await slices.pause();
    for (let k = 0; k < keys.length; k++) values[k]![i] = share[k]!(fold(keys[k]!.column.read(rows[i]!)));
  }
  return values;
}

const MOST_SHARED = 50_000;

/** Gives back the same string for equal text: a million names are some thousand different ones. */
function makeShare(): (value: Value) => Value {
  const known = new Map<Value, Value>();
  return (value) => {
    const same = known.get(value);
    if (same === undefined && known.size < MOST_SHARED) known.set(value, value);
    return same ?? value;
  };
}

function compareValues(a: Value, b: Value, { descending, nullsLast }: SortKey): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsLast ? 1 : -1;
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}

/** Sorts short runs, then merges them in pairs, pausing between. */
async function sortPlaces(
  count: number,
  compare: (a: number, b: number) => number,
  slices: Slices,
): Promise<Uint32Array> {
  let places = Uint32Array.from({ length: count }, (_, i) => i);
  for (let from = 0; from < count; from += RUN) {
    places.subarray(from, from + RUN).sort(compare);
    if (slices.due) await slices.pause();
  }
  for (let width = RUN; width < count; width *= 2) {
    const merged = new Uint32Array(count);
    for (let from = 0; from < count; from += width * 2) {
      await mergeRuns(places, merged, from, width, compare, slices);
    }
    places = merged;
  }
  return places;
}

async function mergeRuns(
  source: Uint32Array,
  target: Uint32Array,
  from: number,
  width: number,
  compare: (a: number, b: number) => number,
  slices: Slices,
): Promise<void> {
  const middle = Math.min(from + width, source.length);
  const end = Math.min(from + width * 2, source.length);
  let left = from;
  let right = middle;
  for (let i = from; i < end; i++) {
    const takeLeft = right >= end || (left < middle && compare(source[left]!, source[right]!) <= 0);
    target[i] = takeLeft ? source[left++]! : source[right++]!;
    if (i % SLICE_ROWS === 0 && slices.due) await slices.pause();
  }
}
