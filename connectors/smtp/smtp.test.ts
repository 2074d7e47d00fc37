import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailClient } from '../../contract/connector.ts';
import type { MailServer } from '../../test/harness/mailServer.ts';
import { startMailServer } from '../../test/harness/mailServer.ts';
import { open } from './client.ts';
import type { SmtpSettings } from './definition.ts';
import { definition } from './definition.ts';

let server: MailServer;
const opened: MailClient[] = [];
beforeEach(async () => {
  server = await startMailServer({ anybody: false });
});
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close();
  await server.close();
});

async function connect(settings: Partial<SmtpSettings> = {}): Promise<MailClient> {
  const from = 'Syncline <syncline@example.org>';
  const given = { host: '127.0.0.1', port: server.port, security: 'none', user: 'ann', password: 'secret', from };
  const client = await open({
    settings: definition.settings.parse({ ...given, ...settings }),
    connectionName: 'post',
    clock: { now: () => new Date('2026-03-02T08:00:00Z') },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  opened.push(client);
  return client;
}

const mail = { id: 'm1', to: ['bob@example.org', 'eve@example.org'], subject: 'Grüße', text: 'It failed.\n' };

describe('a mail server', () => {
  it('takes a message for all its readers, under an id that stays the same', async () => {
    await (await connect()).send(mail);
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]?.to).toEqual(mail.to);
    expect(server.mails[0]?.text).toMatch(/^Message-ID: <m1@example\.org>\r?$/m);
    expect(server.mails[0]?.text).toMatch(/^Date: Mon, 02 Mar 2026 08:00:00 \+0000\r?$/m);
    expect(server.mails[0]?.text).toContain('It failed.');
  });

  it('that is verified says who we are there', async () => {
    expect(await (await connect()).verify()).toMatchObject({
      identity: 'ann',
      organisation: `127.0.0.1:${server.port}`,
    });
  });

  it('that refuses the password is not asked again by itself', async () => {
    const client = await connect({ password: 'wrong' });
    await expect(client.verify()).rejects.toMatchObject({ name: 'UserError', code: 'MAIL_REFUSED' });
    await expect(client.send(mail)).rejects.toMatchObject({ name: 'UserError', code: 'MAIL_REFUSED' });
  });

  it.each([
    [550, 'UserError', 'MAIL_REFUSED'],
    [451, 'RetryLater', 'REMOTE_BUSY'],
  ] as const)('that answers %i makes a %s', async (code, name, error) => {
    server.refusal = { code, message: 'Not today' };
    await expect((await connect()).send(mail)).rejects.toMatchObject({ name, code: error });
  });

  it('that cannot be reached may be reached later', async () => {
    const { port } = server;
    await server.close();
    await expect((await connect({ port })).send(mail)).rejects.toMatchObject({
      name: 'RetryLater',
      code: 'REMOTE_UNREACHABLE',
    });
    server = await startMailServer();
  });

  it('whose certificate nobody vouches for is not trusted', async () => {
    await expect((await connect({ security: 'starttls' })).send(mail)).rejects.toMatchObject({ name: 'RetryLater' });
    expect(server.mails).toEqual([]);
  });
});

describe('its settings', () => {
  it.each([
    [{ host: 'smtp://example.org' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ from: 'nobody' }, 'from'],
    [{ from: 'a@example.org\nBcc: all@example.org' }, 'from'],
  ])('refuse %j', (wrong, path) => {
    const given = { ...definition.defaults, host: 'localhost', from: 'a@example.org', ...wrong };
    expect(definition.settings.safeParse(given).error?.issues.map((issue) => issue.path[0])).toEqual([path]);
  });
});
