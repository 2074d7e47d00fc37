/** What PostgreSQL's errors mean, by their SQLSTATE. */
import type { Fault } from '../errors.ts';

const faults: Record<string, Fault> = {
  '42P01': { kind: 'lost', reason: 'the table is gone' },
  '3F000': { kind: 'lost', reason: 'the schema of the run is gone' },
  XX001: { kind: 'lost', reason: 'the table is damaged' },
  XX002: { kind: 'lost', reason: 'an index is damaged' },
  '53100': { kind: 'full' },
  '22003': { kind: 'overflow' },
  '23505': { kind: 'unique' },
  '54000': { kind: 'tooLarge' },
  '54011': { kind: 'tooLarge' },
};

/** The server went away, refuses connections for now, or the network does not lead to it. */
const away = /^(08...|57P0[1-5]|53300|E[A-Z]+|ERR_STREAM_\w+)$/;
const driverAway = /^(Connection terminated|Client has encountered a connection error|timeout )/;

export function faultOf(error: Error): Fault | null {
  const code = 'code' in error ? String(error.code) : '';
  if (away.test(code) || driverAway.test(error.message)) return { kind: 'unreachable', reason: error.message };
  if (code === '23502') return { kind: 'notNull', column: 'column' in error ? String(error.column) : '' };
  return faults[code] ?? null;
}

/** Another transaction came in the way: doing all again may succeed. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '40001' || error.code === '40P01');

export const isCancelled = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '57014';

export const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '42501';
