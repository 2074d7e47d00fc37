/** Characters of JSON text that enter a module at once. */
export const largestText = 4 * 1024 * 1024;

export const largestBatch = 1000;

/** Where each of `wanted` stands in `columns`; those that do not are left out. */
export function locate(wanted: string[], columns: string[]): { sent: string[]; at: number[] } {
  const sent = wanted.filter((column) => columns.includes(column));
  return { sent, at: sent.map((column) => columns.indexOf(column)) };
}

export const columnOf = (rows: unknown[][], at: number): unknown[] => rows.map((row) => row[at] ?? null);

/** The text that guest/records.ts opens: values by column. */
export function batchText(id: number, rows: unknown[][], wanted: { sent: string[]; at: number[] }): string {
  const columns = wanted.at.map((at) => columnOf(rows, at));
  return JSON.stringify({ id, count: rows.length, sent: wanted.sent, columns });
}

/**
 * Reads text that came out. A key `__proto__` is dropped: code that copies objects key by key would set their prototype.
 */
export function parseResult(text: string): unknown {
  if (!/__proto__|\\u005f/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
}
