import type { FormField } from '../../../contract/form.ts';

const loginByChoice = { name: 'flow', is: ['jwt', 'code', 'password'] };
const byProxy = { name: 'useProxy', is: [true] };

/** Ways to sign in, each with the fields it needs. */
export const form: FormField[] = [
  {
    kind: 'choice',
    name: 'flow',
    label: 'Way to sign in',
    display: 'select',
    choices: [
      {
        value: 'clientCredentials',
        label: 'Client credentials',
        hint: 'As the integration user that the app names. No person is needed, nothing expires.',
      },
      {
        value: 'jwt',
        label: 'JWT bearer',
        hint: 'As a user you name, proved by a private key. No secret is shared with Salesforce.',
      },
      {
        value: 'code',
        label: 'Authorization code',
        hint: 'As a person, who signs in once at Salesforce. Must be repeated when the refresh token is revoked.',
      },
      {
        value: 'password',
        label: 'Username and password',
        hint: 'Blocked in most newer organisations. Ends when the password changes.',
      },
    ],
  },
  {
    kind: 'choice',
    name: 'login',
    label: 'Login domain',
    display: 'segments',
    when: loginByChoice,
    choices: [
      { value: 'own', label: 'My Domain' },
      { value: 'production', label: 'Production', hint: 'Signs in at login.salesforce.com.' },
      { value: 'sandbox', label: 'Sandbox', hint: 'Signs in at test.salesforce.com.' },
    ],
  },
  {
    kind: 'text',
    name: 'instanceUrl',
    label: 'Instance URL',
    placeholder: 'https://example.my.salesforce.com',
    when: { name: 'flow', is: ['clientCredentials'] },
    hint: 'The My Domain address. The login pages login.salesforce.com and test.salesforce.com do not take client credentials.',
  },
  {
    kind: 'text',
    name: 'instanceUrl',
    label: 'My Domain address',
    placeholder: 'https://example.my.salesforce.com',
    when: { ...loginByChoice, and: { name: 'login', is: ['own'] } },
    hint: 'The address in the browser while you work in Salesforce, up to ".com".',
  },
  { kind: 'text', name: 'clientId', label: 'Client id', hint: 'The consumer key of the External Client App.' },
  {
    kind: 'secret',
    name: 'clientSecret',
    label: 'Client secret',
    when: { name: 'flow', is: ['clientCredentials', 'password'] },
    hint: 'The consumer secret of the app. It is kept encrypted and never shown again.',
  },
  {
    kind: 'secret',
    name: 'clientSecret',
    label: 'Client secret',
    optional: true,
    when: { name: 'flow', is: ['code'] },
    hint: 'Only where the app asks for a secret in the web server flow. Kept encrypted and never shown again.',
  },
  {
    kind: 'text',
    name: 'username',
    label: 'User name',
    placeholder: 'integration@example.com',
    when: { name: 'flow', is: ['jwt', 'password'] },
    hint: 'Of the Salesforce user whose rights apply.',
  },
  {
    kind: 'secret',
    name: 'password',
    label: 'Password',
    when: { name: 'flow', is: ['password'] },
    hint: 'Kept encrypted and never shown again.',
  },
  {
    kind: 'secret',
    name: 'securityToken',
    label: 'Security token',
    optional: true,
    when: { name: 'flow', is: ['password'] },
    hint: 'Needed unless this server stands in a trusted IP range of the organisation.',
  },
  {
    kind: 'secret',
    name: 'privateKey',
    label: 'Private key',
    optional: true,
    placeholder: '-----BEGIN PRIVATE KEY-----',
    when: { name: 'flow', is: ['jwt'] },
    hint: 'RSA, in PEM form without a passphrase. Leave it empty to have one made here, which never leaves this server.',
  },
  {
    kind: 'choice',
    name: 'way',
    label: 'After signing in',
    display: 'segments',
    when: { name: 'flow', is: ['code'] },
    choices: [
      {
        value: 'here',
        label: 'Come back here',
        hint: 'Salesforce leads the browser back to this page: it must be https, or localhost.',
      },
      {
        value: 'paste',
        label: 'Paste the address',
        hint: 'Salesforce shows a page of its own, whose address you paste here.',
      },
    ],
  },
  {
    kind: 'switch',
    name: 'useProxy',
    label: 'Through an HTTP proxy',
    hint: 'For signing in and every request of this connection.',
  },
  { kind: 'text', name: 'proxyUrl', label: 'Proxy address', placeholder: 'http://proxy.example:3128', when: byProxy },
  {
    kind: 'text',
    name: 'proxyUser',
    label: 'Proxy user',
    optional: true,
    when: byProxy,
    hint: 'Empty where the proxy asks for none.',
  },
  { kind: 'secret', name: 'proxyPassword', label: 'Proxy password', optional: true, when: byProxy },
  {
    kind: 'text',
    name: 'apiVersion',
    label: 'API version',
    hint: '46.0 or newer, so that an upsert says whether it created.',
  },
];
