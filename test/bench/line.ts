/** One line of the benchmark: ours beside a reference measured in the same run. */
export interface Line {
  name: string;
  /** Rows, requests or whatever `name` counts. */
  size: number;
  database: 'sqlite' | 'postgres';
  seconds: number;
  rowsPerSecond: number;
  /** null: there is nothing to compare with. */
  referenceSeconds: number | null;
  /** Reference divided by ours: larger is better. */
  ratio: number | null;
  /** Of the process that does the work. */
  peakMemoryMB: number | null;
  note?: string;
}

export function makeLine(
  name: string,
  size: number,
  seconds: number,
  more: { referenceSeconds?: number; peakMemoryMB?: number; note?: string } = {},
): Line {
  const { referenceSeconds, peakMemoryMB, note } = more;
  return {
    name,
    size,
    database: 'sqlite',
    seconds: round(seconds),
    rowsPerSecond: Math.round(size / seconds),
    referenceSeconds: referenceSeconds === undefined ? null : round(referenceSeconds),
    ratio: referenceSeconds === undefined ? null : round(referenceSeconds / seconds),
    peakMemoryMB: peakMemoryMB === undefined ? null : Math.round(peakMemoryMB),
    ...(note ? { note } : {}),
  };
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

export function printLines(lines: readonly Line[]): string {
  const heads = ['name', 'size', 'database', 'seconds', 'rows/s', 'reference s', 'ratio', 'peak MB', ''];
  const rows = lines.map((line) =>
    [
      line.name,
      line.size,
      line.database,
      line.seconds,
      line.rowsPerSecond,
      line.referenceSeconds ?? '–',
      line.ratio ?? '–',
      line.peakMemoryMB ?? '–',
      line.note ?? '',
    ].map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)),
  );
  const widths = heads.map((head, index) => Math.max(head.length, ...rows.map((row) => String(row[index]).length)));
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, index) =>
          index === 0 || index === row.length - 1 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
