import type { RequestHandler, Response } from 'express';

/** Bytes of the request line's URI, and of URI and headers together, that Salesforce takes. */
const MOST_BYTES = 16_384;

/** Clients put two slashes where the instance URL ends with one. */
export const straightenUrl: RequestHandler = (request, _response, next) => {
  const [path, ...query] = request.url.split('?');
  request.url = [path!.replace(/\/{2,}/g, '/'), ...query].join('?');
  next();
};

/** Refuses what is too long before it is read any further, as the proxy in front of Salesforce does. */
export const refuseLongRequests: RequestHandler = (request, response, next) => {
  const uriBytes = Buffer.byteLength(request.url);
  const headerBytes = request.rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0);
  if (uriBytes > MOST_BYTES) refuse(response, 414, 'URI Too Long');
  else if (uriBytes + headerBytes > MOST_BYTES) refuse(response, 431, 'Request Header Fields Too Large');
  else next();
};

function refuse(response: Response, status: number, reason: string): void {
  response.status(status).type('text/html').end(`<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`);
}
