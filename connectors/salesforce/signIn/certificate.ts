/** A self-signed X.509 certificate: Salesforce takes public keys in this form only, and reads no more of it than the key. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey, randomBytes, sign } from 'node:crypto';

const years = 10;

/** In PEM form, valid from a day before `now`, since clocks differ. */
export function certificateOf(key: KeyObject, subject: string, now: Date): string {
  const begin = new Date(now.getTime() - 86_400_000);
  const end = new Date(begin);
  end.setUTCFullYear(begin.getUTCFullYear() + years);
  const name = nameOf(subject);
  // A positive number that does not begin with zeros.
  const serial = Buffer.concat([Buffer.from([0x4d]), randomBytes(15)]);
  const content = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    sha256WithRsa,
    name,
    sequence(utcTime(begin), utcTime(end)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const signature = element(0x03, Buffer.concat([Buffer.from([0]), sign('RSA-SHA256', content, key)]));
  return toPem(sequence(content, sha256WithRsa, signature));
}

/** One element in DER: tag, length, content. */
function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
}

const sequence = (...parts: Buffer[]): Buffer => element(0x30, Buffer.concat(parts));

/** Object identifier 1.2.840.113549.1.1.11 with no parameters. */
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const commonName = Buffer.from('0603550403', 'hex');

/** A name of one part: the common name. */
const nameOf = (subject: string): Buffer =>
  sequence(element(0x31, sequence(commonName, element(0x0c, Buffer.from(subject)))));

/** Two digits of the year: good until 2049. */
const utcTime = (at: Date): Buffer =>
  element(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/\D/g, '')}Z`));

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
