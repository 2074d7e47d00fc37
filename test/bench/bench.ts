import type { Line } from './line.ts';

/** What one kind of benchmark measures, and how. */
export interface Bench {
  /** By which all its lines are asked for. */
  name: string;
  /** The names its lines go by. */
  lines: readonly string[];
  defaultSize: number;
  run(size: number, options: BenchOptions): Promise<Line[]>;
}

export interface BenchOptions {
  database: Line['database'];
  /** Progress for people. */
  say(text: string): void;
}

/** The value that this share of all is not larger than. */
export function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
