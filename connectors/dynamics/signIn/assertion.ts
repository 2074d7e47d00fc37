import type { KeyObject } from 'node:crypto';
import { constants, createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { DynamicsSettings } from '../definition.ts';

/** Seconds that an assertion is good for; clocks may differ by some of it. */
const life = 300;

/** The signed assertion (PS256) by which the application proves who it is. Throws UserError CONFIG_INVALID for what cannot sign. */
export function assertionFor(settings: DynamicsSettings, audience: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  const certificate = readCertificate(settings.certificate);
  const key = readPrivateKey(settings.privateKey);
  if (!certificate.checkPrivateKey(key))
    throw new UserError('CONFIG_INVALID', { field: 'Private key', reason: 'it is not that of the certificate' });
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  const claims = {
    aud: audience,
    iss: settings.clientId,
    sub: settings.clientId,
    jti: randomUUID(),
    nbf: seconds - life,
    exp: seconds + life,
  };
  const text = [{ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = sign('RSA-SHA256', Buffer.from(text), { key, ...padding });
  return `${text}.${signature.toString('base64url')}`;
}

function readCertificate(pem: string): X509Certificate {
  return parse('Certificate', 'the text is no certificate', () => new X509Certificate(withLines(pem)));
}

function readPrivateKey(pem: string): KeyObject {
  const key = parse('Private key', 'the text is no private key', () => createPrivateKey(withLines(pem)));
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new UserError('CONFIG_INVALID', { field: 'Private key', reason: 'Microsoft takes RSA keys only' });
}

/** Without a word of what the text holds. */
function parse<T>(field: string, reason: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UserError('CONFIG_INVALID', { field, reason }, { cause: error });
  }
}

/** A form's field has one line, so a pasted text has lost its line ends: they are put back. */
function withLines(pem: string): string {
  const [, kind = '', body = ''] = /-----BEGIN ([A-Z ]+)-----([^-]*)-----END/.exec(pem) ?? [];
  const lines = body.replace(/\s+/g, '').replace(/.{64}/g, '$&\n');
  return `-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`;
}
