/**
 * Stands before a demo Marketing Cloud, which reads files from folders only: before it is told to start an import, the files of a
 * bucket are laid into the folder that it takes for the bucket. All else passes as it is, cuts of the connection too.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Door {
  url: string;
  stop(): Promise<void>;
}

export async function startDoor(to: string, beforeImport: () => Promise<void>): Promise<Door> {
  const server = createServer((request, response) => {
    passOn(to, request, response, beforeImport).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function passOn(
  to: string,
  request: IncomingMessage,
  response: ServerResponse,
  beforeImport: () => Promise<void>,
): Promise<void> {
  const body = Buffer.concat(await request.toArray());
  if (body.includes('PerformRequestMsg')) await beforeImport();
  const { method, headers, url = '/' } = request;
  const further = send(to + url, { method, headers });
  further.end(body);
  const [answer] = (await once(further, 'response')) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.on('error', () => response.destroy());
  answer.on('data', (chunk: Buffer) => response.write(chunk));
  answer.on('end', () => response.end());
}
