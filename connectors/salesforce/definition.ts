import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

export const settingsSchema = z.strictObject({
  instanceUrl: z
    .string()
    .trim()
    .regex(
      /^https?:\/\/[^/\s?#]+\/?$/,
      'write the address of your organisation, such as https://example.my.salesforce.com',
    ),
  clientId: z.string().trim().min(1, 'copy the consumer key of the app'),
  clientSecret: z.string().min(1, 'copy the consumer secret of the app'),
  apiVersion: z.string().regex(/^[1-9]\d\.0$/, 'write a version such as 60.0'),
});
export type SalesforceSettings = z.infer<typeof settingsSchema>;

export const definition: ConnectorDefinition<SalesforceSettings> = {
  kind: 'salesforce',
  label: 'Salesforce',
  description: 'Sales, Service and any custom object of a Salesforce organisation.',
  icon: 'IconCloud',
  capabilities: ['crm'],
  settings: settingsSchema,
  defaults: { instanceUrl: '', clientId: '', clientSecret: '', apiVersion: '60.0' },
  form: [
    {
      kind: 'text',
      name: 'instanceUrl',
      label: 'Instance URL',
      placeholder: 'https://example.my.salesforce.com',
      hint: 'The My Domain address. The login pages login.salesforce.com and test.salesforce.com do not take client credentials.',
    },
    { kind: 'text', name: 'clientId', label: 'Client id', hint: 'The consumer key of the External Client App.' },
    {
      kind: 'secret',
      name: 'clientSecret',
      label: 'Client secret',
      hint: 'The consumer secret of the app. It is kept encrypted and never shown again.',
    },
    {
      kind: 'text',
      name: 'apiVersion',
      label: 'API version',
      hint: '46.0 or newer, so that an upsert says whether it created.',
    },
  ],
  secrets: ['clientSecret'],
  guide: {
    title: 'Prepare the organisation',
    steps: [
      'In Setup, open External Client App Manager and create an app (older organisations: App Manager, a connected app).',
      'Enable OAuth with the scope "Manage user data via APIs (api)".',
      'Under Flow Enablement switch Client Credentials Flow on, and name under Policies the integration user it runs as.',
      'Copy consumer key and consumer secret into this form. A new app can take 2 to 10 minutes before it answers.',
    ],
  },
};
