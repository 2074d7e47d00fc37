/** `t=1767225600,v1=…`: the time of sending (seconds since 1970), and HMAC-SHA256 over that time, a full stop and the body. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';

/** It signs the calls of a demo, and everybody may read it: outside a demo it signs nothing. */
export const publishedSecret = 'syncline-demo-consents';

/** Seconds by which the clocks of both sides may differ. */
const tolerance = 300;
const mostLength = 1_000;

/** Gives the signature that fits. A caller that changes its secret may send several. Throws UserError HOOK_SIGNATURE. */
export function verifySignature(header: string | undefined, secret: string, body: Buffer, now: Date): string {
  if (!header) throw new UserError('HOOK_SIGNATURE', { reason: 'there is none' });
  const parts = header
    .slice(0, mostLength)
    .split(',')
    .map((part) => part.trim());
  const seconds = /^t=(\d{1,12})$/.exec(parts.find((part) => part.startsWith('t=')) ?? '')?.[1];
  const given = parts.flatMap((part) => /^v1=([0-9a-f]{64})$/.exec(part)?.[1] ?? []);
  if (seconds === undefined || given.length === 0)
    throw new UserError('HOOK_SIGNATURE', { reason: 'it is not of the form t=…,v1=…' });
  if (Math.abs(now.getTime() / 1_000 - Number(seconds)) > tolerance)
    throw new UserError('HOOK_SIGNATURE', { reason: 'its time is more than five minutes away from ours' });
  const wanted = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
  const fits = given.find((one) => timingSafeEqual(Buffer.from(one, 'hex'), wanted));
  if (fits === undefined) throw new UserError('HOOK_SIGNATURE', { reason: 'it does not fit body and secret' });
  return fits;
}
