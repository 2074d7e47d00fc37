import { z } from 'zod';
import { callBudgetDefaults, callBudgetFields, callBudgetSettings } from '../../contract/callBudget.ts';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { form } from './signIn/form.ts';
import { guide } from './signIn/guide.ts';

const address = /^https?:\/\/[^/\s?#@]+\/?$/;
const privateKey = /^$|^\s*-----BEGIN (RSA )?PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END (RSA )?PRIVATE KEY-----\s*$/;
/** A secret may be empty: one that is not needed, and one that is kept elsewhere. */
const secret = z.string();

const shape = z.strictObject({
  /** How a session comes about. */
  flow: z.enum(['clientCredentials', 'jwt', 'code', 'password']),
  /** Where to sign in; `own` is the address in `instanceUrl`. */
  login: z.enum(['own', 'production', 'sandbox']),
  instanceUrl: z.string().trim(),
  clientId: z.string().trim().min(1, 'copy the consumer key of the app'),
  clientSecret: secret,
  username: z.string().trim(),
  password: secret,
  securityToken: secret,
  /** PEM, PKCS #8 or PKCS #1. Left empty until a key is made here. */
  privateKey: secret.regex(privateKey, 'paste a private key in PEM form that has no passphrase'),
  /** Where the CRM's page leads to: to the editor, or to a page of its own, whose address is then pasted here. */
  way: z.enum(['here', 'paste']),
  /** Of the person who signed in; replaced whenever the organisation gives a new one. */
  refreshToken: secret,
  /** Where, and by which app, the refresh token was given: it is sent nowhere else. */
  refreshTokenOf: z.string(),
  useProxy: z.boolean(),
  proxyUrl: z.string().trim(),
  proxyUser: z.string().trim(),
  proxyPassword: secret,
  apiVersion: z.string().regex(/^[1-9]\d\.0$/, 'write a version such as 60.0'),
  ...callBudgetSettings,
});
export type SalesforceSettings = z.infer<typeof shape>;

/** Each flow needs settings of its own; those of other flows are left alone. */
export const settingsSchema = shape.superRefine((settings, { addIssue }) => {
  for (const [name, message] of missing(settings)) addIssue({ code: 'custom', path: [name], message });
});

function missing(settings: SalesforceSettings): [keyof SalesforceSettings, string][] {
  const { flow, login, instanceUrl, clientSecret, username, password, useProxy, proxyUrl } = settings;
  const needsAddress = flow === 'clientCredentials' || login === 'own';
  const found: [boolean, keyof SalesforceSettings, string][] = [
    [
      needsAddress && !address.test(instanceUrl),
      'instanceUrl',
      'write the address of your organisation, such as https://example.my.salesforce.com',
    ],
    [
      (flow === 'clientCredentials' || flow === 'password') && clientSecret === '',
      'clientSecret',
      'copy the consumer secret of the app',
    ],
    [(flow === 'jwt' || flow === 'password') && username === '', 'username', 'write the user to sign in as'],
    [flow === 'password' && password === '', 'password', 'write the password of that user'],
    [useProxy && !address.test(proxyUrl), 'proxyUrl', 'write an address such as http://proxy.example:3128'],
  ];
  return found.filter(([wrong]) => wrong).map(([, name, message]) => [name, message]);
}

export const definition: ConnectorDefinition<SalesforceSettings> = {
  kind: 'salesforce',
  label: 'Salesforce',
  description: 'Sales, Service and any custom object of a Salesforce organisation.',
  icon: 'IconCloud',
  capabilities: ['crm', 'deletionDates', 'readsDeleted', 'assignmentRules', 'bulkJobs'],
  settings: settingsSchema,
  defaults: {
    flow: 'clientCredentials',
    login: 'own',
    instanceUrl: '',
    clientId: '',
    clientSecret: '',
    username: '',
    password: '',
    securityToken: '',
    privateKey: '',
    way: 'here',
    refreshToken: '',
    refreshTokenOf: '',
    useProxy: false,
    proxyUrl: '',
    proxyUser: '',
    proxyPassword: '',
    apiVersion: '60.0',
    ...callBudgetDefaults,
  },
  form: [...form, ...callBudgetFields],
  // Not secret, but it goes with the token: a form that is saved keeps both.
  secrets: [
    'clientSecret',
    'password',
    'securityToken',
    'privateKey',
    'refreshToken',
    'refreshTokenOf',
    'proxyPassword',
  ],
  guide,
  offers: { personal: { name: 'flow', is: ['code'] }, proof: { name: 'flow', is: ['jwt'] } },
};
