import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

const settingsSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'write an address such as https://example.org/alarms' }),
  secret: z.string().min(16, 'use at least 16 characters').max(500),
});
export type HttpSettings = z.output<typeof settingsSchema>;

export const definition: ConnectorDefinition<HttpSettings> = {
  kind: 'http',
  label: 'Webhook',
  description: 'An address that takes signed messages as JSON.',
  icon: 'IconWebhook',
  capabilities: ['webhook'],
  settings: settingsSchema,
  defaults: { url: '', secret: '' },
  form: [
    { kind: 'text', name: 'url', label: 'Address', placeholder: 'https://example.org/alarms' },
    {
      kind: 'secret',
      name: 'secret',
      label: 'Secret',
      hint: 'Shared with the receiver, who checks the signature with it. It is kept encrypted and never shown again.',
    },
  ],
  secrets: ['secret'],
  guide: {
    title: 'Prepare the receiver',
    steps: [
      'Take the header X-Syncline-Signature apart: t is the time of sending (seconds since 1970), v1 the signature.',
      'Compute HMAC-SHA256 of t, a full stop and the body as it came, with the secret, in hexadecimal digits; refuse what differs from v1, or is older than five minutes.',
      'Answer with a status from 200 to 299 when the message is stored; anything else is sent again.',
      'Drop a message whose X-Syncline-Id is known already.',
    ],
  },
};
