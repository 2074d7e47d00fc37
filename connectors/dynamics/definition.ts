import { z } from 'zod';
import { callBudgetDefaults, callBudgetFields, callBudgetSettings } from '../../contract/callBudget.ts';
import type { ConnectorDefinition } from '../../contract/connector.ts';
import { form } from './signIn/form.ts';
import { guide } from './signIn/guide.ts';

const address = /^https?:\/\/[^/\s?#@]+\/?$/;
const certificate = /^$|^\s*-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*$/;
const privateKey = /^$|^\s*-----BEGIN (RSA )?PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END (RSA )?PRIVATE KEY-----\s*$/;

const shape = z.strictObject({
  environmentUrl: z
    .string()
    .trim()
    .regex(address, 'write the address of the environment, such as https://example.crm4.dynamics.com'),
  /** Directory of the environment: its id, or one of its domains. */
  tenant: z
    .string()
    .trim()
    .regex(/^[\w.-]+$/, 'copy the Directory (tenant) ID'),
  clientId: z.string().trim().min(1, 'copy the Application (client) ID'),
  /** How the application proves who it is. */
  proof: z.enum(['secret', 'certificate']),
  clientSecret: z.string(),
  /** PEM; what is uploaded to the application. */
  certificate: z.string().regex(certificate, 'paste a certificate in PEM form'),
  privateKey: z.string().regex(privateKey, 'paste a private key in PEM form that has no passphrase'),
  /** Where tokens are given. */
  cloud: z.enum(['public', 'usGovernment', 'china', 'own']),
  /** In the place of the clouds'. */
  authority: z.string().trim(),
  ...callBudgetSettings,
});
export type DynamicsSettings = z.infer<typeof shape>;

/** Each proof needs settings of its own; those of the other are left alone. */
const settingsSchema = shape.superRefine((settings, { addIssue }) => {
  const { proof, clientSecret, certificate, privateKey, cloud, authority } = settings;
  const missing: [boolean, keyof DynamicsSettings, string][] = [
    [proof === 'secret' && clientSecret === '', 'clientSecret', 'copy the value of the client secret'],
    [proof === 'certificate' && certificate === '', 'certificate', 'paste the certificate'],
    [proof === 'certificate' && privateKey === '', 'privateKey', 'paste the private key of the certificate'],
    [cloud === 'own' && !address.test(authority), 'authority', 'write an address such as https://login.example.com'],
  ];
  for (const [wrong, name, message] of missing) if (wrong) addIssue({ code: 'custom', path: [name], message });
});

export const definition: ConnectorDefinition<DynamicsSettings> = {
  kind: 'dynamics',
  label: 'Dynamics 365',
  description: 'Sales, Customer Service and any table of a Dataverse environment.',
  icon: 'IconDatabaseShare',
  capabilities: ['crm'],
  settings: settingsSchema,
  defaults: {
    environmentUrl: '',
    tenant: '',
    clientId: '',
    proof: 'secret',
    clientSecret: '',
    certificate: '',
    privateKey: '',
    cloud: 'public',
    authority: '',
    ...callBudgetDefaults,
  },
  form: [...form, ...callBudgetFields],
  secrets: ['clientSecret', 'privateKey'],
  guide,
  callLimits:
    'Dataverse does not say. By default it takes, of the application user and at each of its web servers, 6,000 requests and 20 minutes of their execution in any 5 minutes, and 52 at once; what is beyond that waits as long as it says.',
};
