/** Formats with one record in each line. */
import type { Json } from '../../../contract/types.ts';
import type { LoadFileConfig } from '../config.ts';
import type { RawBatch, RecordReader } from './reader.ts';
import { LineCutter } from './reader.ts';

type Cut = (line: string) => { values: Json[] } | { problem: string };

/** Columns by the place of their characters. A line that ends early has no value in the columns behind its end. */
export function fixedReader({ columns }: Pick<LoadFileConfig, 'columns'>): RecordReader {
  const places = columns.map(({ start, width }) => [start - 1, start - 1 + width] as const);
  return new LineReader(columns.length, (line) => ({ values: places.map(([from, to]) => line.slice(from, to)) }));
}

/** One JSON object in each line; a column is one of its properties, or a path to one below. */
export function jsonLinesReader({ columns }: Pick<LoadFileConfig, 'columns'>): RecordReader {
  const paths = columns.map(({ name, from }) => from || name);
  return new LineReader(columns.length, (line) => {
    const record = parsed(line);
    if (record === null || typeof record !== 'object' || Array.isArray(record))
      return { problem: 'it is not a JSON object' };
    return { values: paths.map((path) => valueAt(record, path)) };
  });
}

/** Records are the columns' values and, last, the line itself. */
class LineReader implements RecordReader {
  readonly #lines = new LineCutter();
  readonly #count: number;
  readonly #cut: Cut;
  #line = 0;
  readonly places: readonly number[];

  constructor(count: number, cut: Cut) {
    this.#count = count;
    this.#cut = cut;
    this.places = Array.from({ length: count }, (_, index) => index);
  }

  read(text: string, last: boolean): RawBatch {
    const records: Json[][] = [];
    const lines: number[] = [];
    const problems = new Map<number, string>();
    for (const line of this.#lines.cut(text, last)) {
      this.#line += 1;
      if (line.trim() === '') continue;
      const cut = this.#cut(line);
      if ('problem' in cut) problems.set(records.length, cut.problem);
      records.push('values' in cut ? [...cut.values, line] : [...this.places.map(() => null), line]);
      lines.push(this.#line);
    }
    return { records, lines, problems };
  }

  textOf(record: readonly Json[]): string {
    return String(record[this.#count]);
  }
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}

/** The property of that name, else the one below the part in front of a full stop. */
function valueAt(record: { [key: string]: Json }, path: string): Json {
  if (Object.hasOwn(record, path)) return record[path] ?? null;
  const dot = path.indexOf('.');
  const inner = dot > 0 && Object.hasOwn(record, path.slice(0, dot)) ? record[path.slice(0, dot)] : undefined;
  if (inner === undefined || inner === null || typeof inner !== 'object' || Array.isArray(inner)) return null;
  return valueAt(inner, path.slice(dot + 1));
}
