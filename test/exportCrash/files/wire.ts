/**
 * A network between the product and a file server, on which things happen at exact instants: before a byte of the file goes on, or
 * before an answer to it comes back. What a cut of the connection and the death of an engine leave behind depends on no more.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** `sent`: so many bytes have gone to the server. `answers`: and since then so many pieces have come back. */
export interface Mark {
  sent: number;
  answers: number;
}

/** What becomes of the connection; what is done besides is done before it is told. */
type Reaction = 'goes on' | 'is cut';

export interface Wire {
  port: number;
  /** Forgets what has passed so far. Each mark is reached once, in their order. */
  watch(marks: readonly Mark[], reached: (index: number) => Promise<Reaction>): void;
  stop(): Promise<void>;
}

export async function startWire(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let watched = watching([], async () => 'goes on');
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    void pass(near, far, (chunk) => watched.sent(chunk)).finally(end);
    void pass(far, near, (chunk) => watched.answered(chunk)).finally(end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    watch(marks, reached) {
      watched = watching(marks, reached);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `through`: what of a piece goes on, and whether the connection is cut behind it. */
async function pass(
  from: Socket,
  to: Socket,
  through: (chunk: Buffer) => Promise<{ kept: Buffer; isCut: boolean }>,
): Promise<void> {
  try {
    for await (const chunk of from) {
      const { kept, isCut } = await through(chunk as Buffer);
      if (kept.length > 0 && !to.write(kept) && !to.destroyed)
        await Promise.race([once(to, 'drain'), once(to, 'close')]);
      if (isCut || to.destroyed) return;
    }
  } catch (error) {
    // The other side has gone: so does this one.
    if (!(error instanceof Error)) throw error;
  }
}

function watching(marks: readonly Mark[], reached: (index: number) => Promise<Reaction>) {
  let [next, sent, answers] = [0, 0, 0];
  const isDue = (): boolean => {
    const mark = marks[next];
    return mark !== undefined && sent >= mark.sent && answers >= mark.answers;
  };
  const act = async (): Promise<boolean> => {
    let isCut = false;
    while (isDue()) {
      next += 1;
      answers = 0;
      isCut = (await reached(next - 1)) === 'is cut' || isCut;
    }
    return isCut;
  };
  return {
    async sent(chunk: Buffer) {
      const rest = (marks[next]?.sent ?? Number.POSITIVE_INFINITY) - sent;
      const part = rest >= 0 && rest < chunk.length ? chunk.subarray(0, rest) : chunk;
      sent += part.length;
      const isCut = await act();
      if (isCut) return { kept: part, isCut };
      sent += chunk.length - part.length;
      return { kept: chunk, isCut };
    },
    async answered(chunk: Buffer) {
      if (sent >= (marks[next]?.sent ?? Number.POSITIVE_INFINITY)) answers += 1;
      const isCut = await act();
      return { kept: isCut ? Buffer.alloc(0) : chunk, isCut };
    },
  };
}
