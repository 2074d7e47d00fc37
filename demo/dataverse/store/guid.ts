import { createHash } from 'node:crypto';

const PATTERN = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

/** An id as the organisation writes it; null for a text that is none. */
export function readGuid(text: string): string | null {
  return PATTERN.exec(text)?.[1]?.toLowerCase() ?? null;
}

/** The id of a generated row: the same for the same seed, table and number. */
export function guidOf(seed: number, table: string, number: number): string {
  const hex = createHash('sha256').update(`${seed} ${table} ${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-ef11-9f8${hex.slice(13, 14)}-${hex.slice(14, 26)}`;
}

/** A text in whose order SQL Server sorts ids: the last bytes count most, and the first groups are turned round. */
export function sortKey(guid: string): string {
  const [a = '', b = '', c = '', d = '', e = ''] = guid.split('-');
  return e + d + turned(c) + turned(b) + turned(a);
}

const turned = (hex: string): string => (hex.match(/../g) ?? []).reverse().join('');
