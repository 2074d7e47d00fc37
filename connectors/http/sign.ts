import { createHmac } from 'node:crypto';

/** The value of the header `X-Syncline-Signature`: `t=1767225600,v1=…`. `seconds` since 1970. */
export function sign(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
