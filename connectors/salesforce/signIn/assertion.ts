import type { KeyObject } from 'node:crypto';
import { createPrivateKey, sign } from 'node:crypto';
import { UserError } from '../../../contract/errors.ts';
import type { SalesforceSettings } from '../definition.ts';
import { audienceOf, loginUrlOf } from './settings.ts';

/** Seconds that an assertion is good for: Salesforce takes up to five minutes; clocks may differ by some of it. */
const life = 180;

/** The signed assertion (RS256) that speaks for the connection's user. Throws UserError CONFIG_INVALID for a key that cannot sign. */
export function assertionFor(settings: SalesforceSettings, now: Date): string {
  const claims = {
    iss: settings.clientId,
    sub: settings.username,
    aud: audienceOf(loginUrlOf(settings)),
    exp: Math.floor(now.getTime() / 1_000) + life,
  };
  const text = [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('RSA-SHA256', Buffer.from(text), readPrivateKey(settings.privateKey));
  return `${text}.${signature.toString('base64url')}`;
}

/**
 * A form's field has one line, so a pasted key has lost its line ends: they are put back. Throws UserError CONFIG_INVALID for what is no RSA key,
 * without a word of what it holds.
 */
export function readPrivateKey(pem: string): KeyObject {
  const [, kind = '', body = ''] = /-----BEGIN ((?:RSA )?PRIVATE KEY)-----([^-]*)-----END/.exec(pem) ?? [];
  const lines = body.replace(/\s+/g, '').replace(/.{64}/g, '$&\n');
  if (lines === '') throw wrongKey('there is none: open the connection and make one, or paste one');
  const key = parseKey(`-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`);
  if (key.asymmetricKeyType !== 'rsa') throw wrongKey('Salesforce takes RSA keys only');
  return key;
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw wrongKey('the text is no private key', error);
  }
}

function wrongKey(reason: string, cause?: unknown): UserError {
  return new UserError('CONFIG_INVALID', { field: 'Private key', reason }, cause === undefined ? {} : { cause });
}
