/**
 * A statement of a person on a socket of its own: an answer that is too long for this process ends the session, and so does
 * a statement that is cancelled and does not end, as some functions of the server do not.
 */
import type { Socket } from 'node:net';
import { UserError } from '../../../contract/errors.ts';
import { stoppedBy } from '../errors.ts';

/** Bytes. Rows are fetched so that they stay well below; messages of errors can quote any value. */
const longestAnswer = 64_000_000;
const lookEveryMs = 5;
const graceMs = 5_000;

export async function bounded<T>(socket: Socket, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = socket.bytesRead;
  const look = setInterval(() => {
    const reason = `the answer of the database is longer than ${longestAnswer / 1e6} MB`;
    if (socket.bytesRead - before > longestAnswer) socket.destroy(new UserError('SQL_REFUSED', { reason }));
  }, lookEveryMs);
  let patience: NodeJS.Timeout | undefined;
  const leave = () => {
    patience = setTimeout(() => socket.destroy(stoppedBy(signal)), graceMs);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await work();
  } finally {
    clearInterval(look);
    clearTimeout(patience);
    signal.removeEventListener('abort', leave);
  }
}
