import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { StsError } from './errors.ts';

/** A request as it was signed. */
export interface SignedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What the header says of the signature. */
export interface Signature {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;
/** How far the clock of a client may be away. */
const MOST_SKEW_MS = 15 * 60_000;

/** Reads the signature of a request (Signature Version 4, in the header). Throws StsError. */
export function readSignature(request: SignedRequest): Signature {
  const header = request.headers.authorization;
  if (header === undefined)
    throw new StsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  const parts = AUTHORIZATION.exec(header);
  if (parts === null)
    throw new StsError(400, 'IncompleteSignature', 'The Authorization header is not a Signature Version 4 one.');
  const [, accessKeyId, date, region, service, names, signature] = parts as unknown as [string, ...string[]];
  return {
    accessKeyId: accessKeyId!,
    date: date!,
    region: region!,
    service: service!,
    signedHeaders: names!.split(';'),
    signature: signature!,
  };
}

/** Throws StsError unless the request was signed with the secret, for here, and now. */
export function checkSignature(
  request: SignedRequest,
  given: Signature,
  secret: string,
  here: { region: string; now: number },
): void {
  const stamp = String(request.headers['x-amz-date'] ?? '');
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const instant = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  if (given.service !== 'sts' || given.region !== here.region)
    throw refused(`Credential should be scoped to a valid region: '${here.region}', service 'sts'.`);
  if (!stamp.startsWith(given.date) || !(Math.abs(instant - here.now) <= MOST_SKEW_MS))
    throw refused(`Signature expired: ${stamp} is not within 15 minutes of ${new Date(here.now).toISOString()}`);
  const scope = `${given.date}/${given.region}/${given.service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, hash(canonical(request, given.signedHeaders))].join('\n');
  const key = [given.date, given.region, given.service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  if (!timingSafeEqual(hmac(key, text), Buffer.from(given.signature, 'hex')))
    throw refused(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
}

function canonical({ method, path, query, headers, body }: SignedRequest, names: readonly string[]): string {
  const pairs = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const values = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/\s+/g, ' ')}\n`,
  );
  return [method, path, pairs.join('&'), values.join(''), names.join(';'), hash(body)].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function refused(message: string): StsError {
  return new StsError(403, 'SignatureDoesNotMatch', message);
}
