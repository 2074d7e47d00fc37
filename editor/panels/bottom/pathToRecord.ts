/**
 * From a row that an export gave on to what is kept of its record: found by the id, and a rejected one among those that were
 * rejected for the same reason.
 */
export function pathToRecord(exportId: string, cells: Readonly<Record<string, unknown>>): string {
  const { recordId, errorCode } = cells;
  const wanted: Record<string, string> =
    typeof recordId === 'string' ? { search: recordId } : typeof errorCode === 'string' ? { code: errorCode } : {};
  const query = new URLSearchParams(wanted).toString();
  return `/exports/${exportId}${query ? `?${query}` : ''}`;
}
