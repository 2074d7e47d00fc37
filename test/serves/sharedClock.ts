/** One clock for the processes of a test: it moves only when the test says so, and a step is over when all have made it. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { SteppedClock } from '../harness/steppedClock.ts';
import { createSteppedClock } from '../harness/steppedClock.ts';

export interface SharedClock {
  /** The environment of the processes that follow it. */
  env: Record<string, string>;
  now(): Date;
  /** Processes that end meanwhile need not make it. */
  step(milliseconds: number): Promise<void>;
  /** How many processes follow it. */
  followers(): number;
  /** What still follows it ends. */
  close(): Promise<void>;
}

const portVariable = 'TEST_CLOCK_PORT';

export async function startSharedClock(start: string): Promise<SharedClock> {
  let now = new Date(start);
  const followers = new Map<Socket, () => void>();
  const server = createServer((socket) => {
    const leave = (): void => {
      followers.get(socket)?.();
      followers.delete(socket);
    };
    followers.set(socket, () => undefined);
    socket.on('close', leave);
    createInterface({ input: socket })
      // A process that was killed leaves no other word.
      .on('error', () => socket.destroy())
      .on('line', (instant) => {
        if (instant === now.toISOString()) followers.get(socket)?.();
      });
    tell(socket, now);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    env: { [portVariable]: String((server.address() as AddressInfo).port) },
    now: () => now,
    followers: () => followers.size,
    async step(milliseconds) {
      now = new Date(now.getTime() + milliseconds);
      const arrivals = [...followers.keys()].map((socket) => {
        tell(socket, now);
        return new Promise<void>((resolve) => followers.set(socket, resolve));
      });
      await Promise.all(arrivals);
    },
    async close() {
      server.close();
      for (const socket of followers.keys()) socket.destroy();
      await once(server, 'close');
    },
  };
}

function tell(socket: Socket, instant: Date): void {
  socket.write(`${instant.toISOString()}\n`);
}

/** The clock of this process, once it knows what time it is. Nobody needs the process when the test has ended. */
export async function followSharedClock(): Promise<SteppedClock> {
  const socket = connect(Number(process.env[portVariable]), '127.0.0.1');
  socket.on('close', () => process.exit(1));
  const { promise, resolve } = Promise.withResolvers<SteppedClock>();
  let steps = promise;
  createInterface({ input: socket }).on('line', (instant) => {
    resolve(createSteppedClock(instant));
    steps = steps.then((clock) => follow(clock, instant, socket));
  });
  return promise;
}

async function follow(clock: SteppedClock, instant: string, socket: Socket): Promise<SteppedClock> {
  await clock.step(Date.parse(instant) - clock.now().getTime());
  socket.write(`${instant}\n`);
  return clock;
}
