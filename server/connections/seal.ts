import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { UserError } from '../../contract/errors.ts';
import type { SecretKey } from './key.ts';

/** Secret settings of one connection, by name. */
export type Secrets = Record<string, string>;

const cipher = 'aes-256-gcm';
const form = 'v1';

interface Sealed {
  keyId: string;
  /** Names of the secrets: readable without the key. */
  names: string;
  iv: Buffer;
  tag: Buffer;
  text: Buffer;
}

/**
 * AES-256-GCM over the JSON of the secrets, as text `v1.key id.names.iv.tag.cipher text`. The connection's name and the
 * names of the secrets are authenticated: what is moved to another connection in the database does not open.
 */
export function sealSecrets(key: SecretKey, connection: string, secrets: Secrets): string {
  const iv = randomBytes(12);
  const names = Object.keys(secrets).sort().join(',');
  const seal = createCipheriv(cipher, key.bytes, iv).setAAD(boundTo(connection, names));
  const text = Buffer.concat([seal.update(JSON.stringify(secrets), 'utf8'), seal.final()]);
  return [
    form,
    key.id,
    ...[Buffer.from(names), iv, seal.getAuthTag(), text].map((part) => part.toString('base64url')),
  ].join('.');
}

/** Throws UserError CONFIG_INVALID when another key encrypted them, and an Error when they were tampered with. */
export function openSecrets(key: SecretKey, connection: string, sealed: string): Secrets {
  const { keyId, names, iv, tag, text } = readSealed(connection, sealed);
  if (keyId !== key.id) {
    const reason = `the secrets of the connection "${connection}" were encrypted with another key (${keyId}, this one is ${key.id}); give that key, or enter the secrets again`;
    throw new UserError('CONFIG_INVALID', { field: 'The secret key', reason });
  }
  const open = createDecipheriv(cipher, key.bytes, iv, { authTagLength: 16 }).setAAD(boundTo(connection, names));
  const plain = Buffer.concat([open.setAuthTag(tag).update(text), open.final()]);
  return JSON.parse(plain.toString('utf8')) as Secrets;
}

/** Which secrets are set, without opening them. */
export function secretNames(connection: string, sealed: string): string[] {
  return readSealed(connection, sealed).names.split(',').filter(Boolean);
}

const boundTo = (connection: string, names: string): Buffer => Buffer.from(`${connection}\0${names}`);

function readSealed(connection: string, sealed: string): Sealed {
  const [version, keyId, ...parts] = sealed.split('.');
  const [names, iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (version !== form || !keyId || !names || !iv || !tag || !text)
    throw new Error(`The secrets of the connection "${connection}" are damaged.`);
  return { keyId, names: names.toString(), iv, tag, text };
}
