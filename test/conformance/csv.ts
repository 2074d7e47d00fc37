/** Rows of a CSV file by its header, quoted or not; what clients write and what the organisation sends. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  const [names, ...records] = rows.filter((cells) => cells.length > 1 || cells[0] !== '');
  return records.map((cells) => Object.fromEntries(cells.map((cell, index) => [names?.[index] ?? '', cell])));
}

/** A CSV file with a header; cells are quoted only where they must be. */
export function writeCsv(names: readonly string[], rows: readonly (readonly string[])[], end = '\n'): string {
  const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [names, ...rows].map((cells) => cells.map(quote).join(',') + end).join('');
}
