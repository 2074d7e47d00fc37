import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { ConnectorHost, CrmClient } from '../../../contract/connector.ts';
import type { SalesforceSettings } from '../definition.ts';
import { readPrivateKey } from './assertion.ts';
import { certificateOf } from './certificate.ts';
import { personalSignIn } from './personal.ts';
import type { Send } from './send.ts';
import { completeSettings } from './settings.ts';

type Host = ConnectorHost<SalesforceSettings>;
type Parts = Pick<CrmClient, 'personal' | 'proof'>;

/** What a client offers people who set its connection up, by its flow. */
export function signInParts(host: Host, send: Send): Parts {
  const { flow } = completeSettings(host.settings);
  if (flow === 'code') return { personal: personalSignIn(host, send) };
  if (flow === 'jwt') return { proof: { certificate: () => certificate(host) } };
  return {};
}

async function certificate(host: Host): Promise<string> {
  const { privateKey } = completeSettings(host.settings);
  const pem = privateKey === '' ? await makeKey(host) : privateKey;
  return certificateOf(readPrivateKey(pem), `Syncline ${host.connectionName}`.slice(0, 64), host.clock.now());
}

/** A key is worth something only where it stays. */
async function makeKey({ store }: Host): Promise<string> {
  if (!store) throw new Error('A key was to be made where nothing can be stored.');
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  await store({ privateKey: pair.privateKey });
  return pair.privateKey;
}
