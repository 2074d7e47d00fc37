/** A network that breaks where a test wants it to: between a client and a server on this machine. */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CutProxy {
  port: number;
  /** Connections of now on end when so many bytes have gone to the server (`sent`) or come from it (`received`). */
  cutAfter(limit: { sent?: number; received?: number } | null): void;
  /** Connections that were cut so far. */
  readonly cuts: number;
  stop(): Promise<void>;
}

export async function startCutProxy(port: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  let limit: { sent?: number; received?: number } | null = null;
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    const pass = (from: Socket, to: Socket, name: 'sent' | 'received'): void => {
      let bytes = 0;
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (limit && bytes > (limit[name] ?? Number.POSITIVE_INFINITY)) {
          cuts += 1;
          end();
        } else if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('error', end);
      from.on('close', () => {
        sockets.delete(from);
        end();
      });
    };
    pass(near, far, 'sent');
    pass(far, near, 'received');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter(next) {
      limit = next;
    },
    get cuts() {
      return cuts;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
