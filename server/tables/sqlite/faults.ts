/** What SQLite's errors mean. */
import type { Fault } from '../errors.ts';

const lost: Record<string, string> = {
  SQLITE_CORRUPT: 'their file is damaged',
  SQLITE_NOTADB: 'their file is damaged',
  SQLITE_CANTOPEN: 'their file is missing or cannot be opened',
};

export function faultOf(error: Error): Fault | null {
  if (!('code' in error)) return null;
  const reason = lost[String(error.code)];
  if (reason !== undefined) return { kind: 'lost', reason };
  if (error.message.includes('no such table')) return { kind: 'lost', reason: 'the table is gone' };
  if (error.code === 'SQLITE_FULL') return { kind: 'full' };
  if (error.message.includes('integer overflow')) return { kind: 'overflow' };
  const match = /(UNIQUE|NOT NULL) constraint failed: \w+\.(\w+)/.exec(error.message);
  if (!match) return null;
  return match[1] === 'UNIQUE' ? { kind: 'unique' } : { kind: 'notNull', column: match[2] ?? '' };
}
