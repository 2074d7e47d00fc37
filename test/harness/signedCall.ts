import { createHmac } from 'node:crypto';

/** A call of a webhook as its sender signs it, at that time. */
export function signedCall(secret: string, content: unknown, now: Date): RequestInit {
  const body = JSON.stringify(content);
  const seconds = Math.floor(now.getTime() / 1_000);
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-syncline-signature': `t=${seconds},v1=${mac}` };
  return { method: 'POST', body, headers };
}
