/** A real mail server on this machine, which keeps what it takes. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  port: number;
  /** Messages as they came, headers first. */
  mails: { to: string[]; text: string }[];
  /** Set: what it answers instead of taking a message. */
  refusal: { code: number; message: string } | null;
  close(): Promise<void>;
}

/** Takes the user ann with the password secret, or anybody. */
export async function startMailServer({ anybody = true } = {}): Promise<MailServer> {
  const mail: Pick<MailServer, 'mails' | 'refusal'> = { mails: [], refusal: null };
  const server = new SMTPServer({
    authOptional: anybody,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'ann' && password === 'secret' ? done(null, { user: 'ann' }) : done(new Error('Who are you?')),
    async onData(stream, session, done) {
      const content = await text(stream);
      if (mail.refusal)
        return done(Object.assign(new Error(mail.refusal.message), { responseCode: mail.refusal.code }));
      mail.mails.push({ to: session.envelope.rcptTo.map((one) => one.address), text: content });
      return done();
    },
  });
  const listening = once(server.server, 'listening');
  server.listen(0, '127.0.0.1');
  await listening;
  return Object.assign(mail, {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
