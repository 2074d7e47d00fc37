import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

const subdomain = /^[a-z0-9][a-z0-9-]{2,62}$/i;
const address = /^https?:\/\/[^/\s?#@]+\/?$/i;

const settingsSchema = z.strictObject({
  /** The tenant's subdomain, or the whole authentication base URI. */
  subdomain: z
    .string()
    .trim()
    .refine(
      (text) => subdomain.test(text) || address.test(text),
      'copy the authentication base URI of the package, or its subdomain',
    ),
  clientId: z.string().trim().min(1, 'copy the client id of the package').max(200),
  clientSecret: z.string().max(1_000),
  /** MID of the business unit; empty: the one in which the package is installed. */
  accountId: z
    .string()
    .trim()
    .regex(/^\d{0,12}$/, 'write the MID in digits, or leave it empty')
    .default(''),
});
export type MarketingCloudSettings = z.output<typeof settingsSchema>;

/** Where to sign in, without a slash at its end. */
export function signInAddress({ subdomain: given }: MarketingCloudSettings): string {
  return address.test(given) ? given.replace(/\/$/, '') : `https://${given}.auth.marketingcloudapis.com`;
}

export const definition: ConnectorDefinition<MarketingCloudSettings> = {
  kind: 'marketing-cloud',
  label: 'Marketing Cloud',
  description: 'Data extensions of Salesforce Marketing Cloud Engagement.',
  icon: 'IconMailForward',
  capabilities: ['dataExtensions'],
  settings: settingsSchema,
  defaults: { subdomain: '', clientId: '', clientSecret: '', accountId: '' },
  form: [
    {
      kind: 'text',
      name: 'subdomain',
      label: 'Subdomain',
      hint: 'Or the whole authentication base URI of the package.',
      placeholder: 'https://….auth.marketingcloudapis.com/',
    },
    { kind: 'text', name: 'clientId', label: 'Client id' },
    { kind: 'secret', name: 'clientSecret', label: 'Client secret' },
    {
      kind: 'text',
      name: 'accountId',
      label: 'Account id (MID)',
      hint: 'Of the business unit whose data extensions are written. Empty: the one in which the package is installed.',
      optional: true,
    },
  ],
  secrets: ['clientSecret'],
  guide: {
    title: 'In Marketing Cloud',
    steps: [
      'Setup, Apps, Installed Packages: make a package and add an API Integration component of the type Server-to-Server.',
      {
        text: 'Give it these scopes: Data Extensions read and write.',
        copy: ['data_extensions_read', 'data_extensions_write'],
      },
      {
        text: 'Where files are to be imported, give it these scopes too: Automations read, write and execute.',
        copy: ['automations_read', 'automations_write', 'automations_execute'],
      },
      'License it for the business unit, then copy authentication base URI, client id and client secret.',
    ],
  },
};
