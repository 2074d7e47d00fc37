import type { DestinationStream, Logger } from 'pino';
import { destination, pino } from 'pino';

export type Log = Logger;

/**
 * JSON lines on stderr: stdout belongs to what a program gives. Bodies, headers and queries are never handed to it; the
 * redaction is the second fence.
 */
export function createLog(level: string, stream: DestinationStream = destination({ fd: 2, sync: true })): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    stream,
  );
}

const secretNames = ['password', 'secret', 'secrets', 'token', 'cookie', 'authorization', 'clientSecret', 'settings'];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`]);

/** Message, stack and causes; no further properties, which may hold statements with their values. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
