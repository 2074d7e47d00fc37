import type { ConnectorHost, HookClient } from '../../contract/connector.ts';
import type { WebhookSettings } from './definition.ts';

/** Nobody is called: what can be said of it is that the secret can be read. */
export async function open({ settings }: ConnectorHost<WebhookSettings>): Promise<HookClient> {
  const details = [{ label: 'Secret', value: `${settings.secret.length} characters` }];
  return {
    kind: 'incoming-webhook',
    capability: 'hook',
    verify: async () => ({ identity: 'Calls signed with the secret', organisation: 'this instance', details }),
    close: async () => undefined,
  };
}
