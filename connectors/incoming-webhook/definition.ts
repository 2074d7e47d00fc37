import { z } from 'zod';
import type { ConnectorDefinition } from '../../contract/connector.ts';

const settingsSchema = z.strictObject({
  secret: z.string().min(16, 'use at least 16 characters').max(500),
});
export type WebhookSettings = z.output<typeof settingsSchema>;

export const definition: ConnectorDefinition<WebhookSettings> = {
  kind: 'incoming-webhook',
  label: 'Incoming webhook',
  description: 'A secret with which outside systems sign the calls that start workflows.',
  icon: 'IconSignature',
  capabilities: ['hook'],
  settings: settingsSchema,
  defaults: { secret: '' },
  form: [
    {
      kind: 'secret',
      name: 'secret',
      label: 'Secret',
      hint: 'Shared with whoever calls. It is kept encrypted and never shown again.',
    },
  ],
  secrets: ['secret'],
  guide: {
    title: 'Prepare the caller',
    steps: [
      'Send JSON by POST to /hooks/‹path›, the path that the Webhook node of a published workflow names.',
      'Take the time of sending (seconds since 1970), a full stop and the body as it is sent; compute HMAC-SHA256 of that with the secret, in hexadecimal digits.',
      'Send it as X-Syncline-Signature: t=‹time›,v1=‹digits›. It is refused when it is older than five minutes.',
      'Send an X-Syncline-Id of your own with each message: the same that is sent again under it starts nothing. Another message under it is refused with 422.',
      'The answer 202 means that it is stored; 429 and 503 mean that it has to be sent again, after as many seconds as Retry-After says.',
    ],
  },
};
