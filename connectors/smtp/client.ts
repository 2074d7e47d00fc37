/** A mail server, by nodemailer. One connection for each message: alarms are few. */
import type { SentMessageInfo, Transporter } from 'nodemailer';
import { createTransport } from 'nodemailer';
import type { ConnectorHost, Identity, Mail, MailClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { SmtpSettings } from './definition.ts';

const patience = 20_000;

export async function open(host: ConnectorHost<SmtpSettings>): Promise<MailClient> {
  return new SmtpClient(host);
}

class SmtpClient implements MailClient {
  readonly kind = 'smtp';
  readonly capability = 'mail';
  readonly #host: ConnectorHost<SmtpSettings>;
  readonly #transport: Transporter;

  constructor(host: ConnectorHost<SmtpSettings>) {
    this.#host = host;
    const { host: server, port, security, user, password } = host.settings;
    this.#transport = createTransport({
      host: server,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === '' ? {} : { auth: { user, pass: password } }),
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async verify(): Promise<Identity> {
    await this.#explained(() => this.#transport.verify());
    const { host, port, security, user, from } = this.#host.settings;
    return {
      identity: user || from,
      organisation: `${host}:${port}`,
      details: [
        { label: 'From', value: from },
        { label: 'Security', value: security },
      ],
    };
  }

  async send({ id, to, subject, text }: Mail): Promise<void> {
    const { from } = this.#host.settings;
    const domain = /@([^>]+)/.exec(from)?.[1] ?? 'syncline';
    const messageId = `<${id}@${domain}>`;
    // One envelope for all: a server that refuses one of them is told about, though the others have it.
    const info = await this.#explained<SentMessageInfo>(() =>
      this.#transport.sendMail({ from, to: [...to], subject, text, messageId, date: this.#host.clock.now() }),
    );
    const refused = (info.rejected as unknown[]).map(String);
    if (refused.length > 0)
      this.#host.log('warning', `The mail server refused ${refused.join(', ')}; the others have the message.`);
  }

  async close(): Promise<void> {
    this.#transport.close();
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** By the answer's first digit: 4 is for now, 5 for good; without an answer the server was not reached. */
  #explain(error: unknown): UserError | RetryLater {
    const { code, responseCode, response, message } = error as Record<string, unknown>;
    const { host, port } = this.#host.settings;
    const said = String(response ?? message ?? error).replace(/\.$/, '');
    if (code === 'EAUTH') return new UserError('MAIL_REFUSED', { reason: said }, { cause: error });
    if (typeof responseCode === 'number' && responseCode >= 500)
      return new UserError('MAIL_REFUSED', { reason: said }, { cause: error });
    if (typeof responseCode === 'number')
      return new RetryLater('REMOTE_BUSY', { status: responseCode, reason: said }, { cause: error });
    return new RetryLater('REMOTE_UNREACHABLE', { host: `${host}:${port}`, reason: said }, { cause: error });
  }
}
