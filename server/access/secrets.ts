import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as text that fits a cookie, a link and a header. */
export function makeSecret(prefix = ''): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a random secret. Without salt or stretching: 256 bits cannot be guessed. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
