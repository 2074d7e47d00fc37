import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebhookClient } from '../../contract/connector.ts';
import type { Receiver } from '../../test/harness/receiver.ts';
import { startReceiver } from '../../test/harness/receiver.ts';
import { open } from './client.ts';
import { definition } from './definition.ts';

const secret = 'a shared secret of many letters';
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const connect = (url = receiver.url): Promise<WebhookClient> =>
  open({
    settings: definition.settings.parse({ url, secret }),
    connectionName: 'hook',
    clock: { now: () => new Date('2026-03-02T08:00:00Z') },
    log: () => undefined,
    signal: new AbortController().signal,
  });
const message = { id: 'm1', body: { change: 'raised', message: 'Größe' } };

describe('a webhook', () => {
  it('is sent what the receiver can check: time, body and secret make the signature', async () => {
    await (await connect()).post(message);
    const [request] = receiver.requests;
    expect(JSON.parse(request?.body ?? '')).toEqual(message.body);
    expect(request?.headers['x-syncline-id']).toBe('m1');
    const seconds = Date.parse('2026-03-02T08:00:00Z') / 1_000;
    const mac = createHmac('sha256', secret).update(`${seconds}.${request?.body}`).digest('hex');
    expect(request?.headers['x-syncline-signature']).toBe(`t=${seconds},v1=${mac}`);
  });

  it.each([
    [500, 'RetryLater', 'REMOTE_BUSY'],
    [429, 'RetryLater', 'REMOTE_BUSY'],
    [401, 'UserError', 'REMOTE_REFUSED'],
    [302, 'UserError', 'REMOTE_REFUSED'],
    [0, 'RetryLater', 'REMOTE_UNREACHABLE'],
  ] as const)('whose receiver answers %i makes a %s', async (status, name, code) => {
    receiver.status = status;
    await expect((await connect()).post(message)).rejects.toMatchObject({ name, code });
  });

  it('that is verified sends a message that says so', async () => {
    expect(await (await connect()).verify()).toMatchObject({ organisation: new URL(receiver.url).host });
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({ change: 'verify' });
  });

  it.each([{ url: 'ftp://example.org' }, { url: 'example' }, { secret: 'short' }])('refuses %j', (wrong) => {
    expect(definition.settings.safeParse({ url: 'https://example.org', secret, ...wrong }).success).toBe(false);
  });
});
