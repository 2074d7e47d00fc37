import { randomUUID } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { act, leaf } from './actions.ts';
import { StsError } from './errors.ts';
import type { StsOptions } from './options.ts';
import { checkSignature, readSignature, type SignedRequest } from './signature.ts';
import { Sts } from './sts.ts';

export { DEMO_ROLE, DEMO_USER } from './options.ts';

/** A Security Token Service that answers. */
export interface RunningSts {
  url: string;
  sts: Sts;
  close(): Promise<void>;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Starts a Security Token Service; resolves when it answers. Throws when the port is taken. */
export async function startSts(options: StsOptions = {}): Promise<RunningSts> {
  const sts = new Sts(options);
  const server = http.createServer((request, response) => void answer(sts, request, response));
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    sts,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function answer(sts: Sts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, text } = await handle(sts, request);
  response.writeHead(status, { 'content-type': 'text/xml', date: new Date(sts.clock.now()).toUTCString() });
  response.end(text);
}

async function handle(sts: Sts, request: IncomingMessage): Promise<{ status: number; text: string }> {
  const id = leaf('RequestId', randomUUID());
  try {
    const { action, inner } = await run(sts, request);
    const result = `<${action}Result>${inner}</${action}Result><ResponseMetadata>${id}</ResponseMetadata>`;
    return { status: 200, text: `<${action}Response xmlns="${NAMESPACE}">${result}</${action}Response>` };
  } catch (error) {
    const known = error instanceof StsError ? error : new StsError(500, 'InternalFailure', String(error));
    const kind = leaf('Type', known.status < 500 ? 'Sender' : 'Receiver');
    const inner = `<Error>${kind}${leaf('Code', known.code)}${leaf('Message', known.message)}</Error>${id}`;
    return { status: known.status, text: `<ErrorResponse xmlns="${NAMESPACE}">${inner}</ErrorResponse>` };
  }
}

async function run(sts: Sts, request: IncomingMessage): Promise<{ action: string; inner: string }> {
  const body = await buffer(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sts');
  const { method = 'GET', headers } = request;
  const signed: SignedRequest = { method, path: pathname, query: searchParams, headers, body };
  const signature = readSignature(signed);
  const token = headers['x-amz-security-token'];
  const caller = sts.caller(signature.accessKeyId, token === undefined ? undefined : String(token));
  checkSignature(signed, signature, caller.secretAccessKey, { region: sts.region, now: sts.clock.now() });
  return act(sts, caller, method === 'POST' ? new URLSearchParams(body.toString('utf8')) : searchParams);
}
