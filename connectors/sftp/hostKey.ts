/** Host keys: what a server proves itself by, and which of them a connection expects. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** As `ssh-keygen -l` shows it: the unpadded base64 of the key's SHA-256. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** Fingerprints, or whole public keys as `ssh-keyscan` prints them; several where a key is about to be replaced. */
export function expectedKeys(text: string): string[] {
  return text.split(/[\s,;]+/).flatMap((word) => {
    const print = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(word)?.[1];
    if (print) return [`SHA256:${print}`];
    return /^AAAA[A-Za-z0-9+/]{20,}={0,2}$/.test(word) ? [fingerprint(Buffer.from(word, 'base64'))] : [];
  });
}

export function isExpected(found: string, expected: readonly string[]): boolean {
  const bytes = Buffer.from(found);
  // Each is compared, so that the time tells nothing of which one came close.
  return expected
    .map((one) => Buffer.from(one))
    .map((one) => one.length === bytes.length && timingSafeEqual(one, bytes))
    .includes(true);
}
