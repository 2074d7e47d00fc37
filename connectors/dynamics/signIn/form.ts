import type { FormField } from '../../../contract/form.ts';

const bySecret = { name: 'proof', is: ['secret'] };
const byCertificate = { name: 'proof', is: ['certificate'] };

export const form: FormField[] = [
  {
    kind: 'text',
    name: 'environmentUrl',
    label: 'Environment URL',
    placeholder: 'https://example.crm4.dynamics.com',
    hint: 'The address in the browser while you work in Dynamics 365, up to ".com".',
  },
  {
    kind: 'text',
    name: 'tenant',
    label: 'Directory (tenant) ID',
    hint: 'From the overview of the app registration. A domain of the directory will do too.',
  },
  {
    kind: 'text',
    name: 'clientId',
    label: 'Application (client) ID',
    hint: 'From the overview of the app registration.',
  },
  {
    kind: 'choice',
    name: 'proof',
    label: 'Proof',
    display: 'segments',
    choices: [
      { value: 'secret', label: 'Client secret', hint: 'Ends on a day that is chosen when it is made.' },
      { value: 'certificate', label: 'Certificate', hint: 'No secret is shared with Microsoft.' },
    ],
  },
  {
    kind: 'secret',
    name: 'clientSecret',
    label: 'Client secret',
    when: bySecret,
    hint: 'The value, not the secret ID. It is kept encrypted and never shown again.',
  },
  {
    kind: 'text',
    name: 'certificate',
    label: 'Certificate',
    placeholder: '-----BEGIN CERTIFICATE-----',
    when: byCertificate,
    hint: 'In PEM form, the same that is uploaded to the app registration. It is public.',
  },
  {
    kind: 'secret',
    name: 'privateKey',
    label: 'Private key',
    placeholder: '-----BEGIN PRIVATE KEY-----',
    when: byCertificate,
    hint: 'Of the certificate: RSA, in PEM form without a passphrase. It is kept encrypted and never shown again.',
  },
  {
    kind: 'choice',
    name: 'cloud',
    label: 'Cloud',
    display: 'select',
    choices: [
      { value: 'public', label: 'Public', hint: 'Signs in at login.microsoftonline.com.' },
      { value: 'usGovernment', label: 'US Government', hint: 'Signs in at login.microsoftonline.us.' },
      { value: 'china', label: 'China (21Vianet)', hint: 'Signs in at login.partner.microsoftonline.cn.' },
      { value: 'own', label: 'Another address' },
    ],
  },
  {
    kind: 'text',
    name: 'authority',
    label: 'Sign-in address',
    placeholder: 'https://login.example.com',
    when: { name: 'cloud', is: ['own'] },
    hint: 'Tokens are asked for at this address.',
  },
];
