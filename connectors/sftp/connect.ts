/** One SSH connection. Whatever waits for an answer is told when it is gone. */
import type { SFTPWrapper } from 'ssh2';
import Client from 'ssh2-sftp-client';
import type { ConnectorHost } from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { SftpSettings } from './definition.ts';
import { explainConnect } from './errors.ts';
import { expectedKeys, fingerprint, isExpected } from './hostKey.ts';

const patience = 20_000;

type Done<T> = (error: Error | null | undefined, value: T) => void;

export class SftpConnection {
  readonly sftp: SFTPWrapper;
  /** Of the key that the server has proved to have. */
  readonly hostKey: string;
  readonly #client: Client;
  readonly #waiting = new Set<(reason: Error) => void>();
  #lost: Error | null = null;

  constructor(client: Client, sftp: SFTPWrapper, hostKey: string) {
    this.#client = client;
    this.sftp = sftp;
    this.hostKey = hostKey;
    sftp.on('error', (error: Error) => this.lose(error));
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Calls with a callback; rejects also when the connection ends before it is called. */
  ask<T>(call: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#lost) {
        reject(this.#lost);
        return;
      }
      this.#waiting.add(reject);
      const done: Done<T> = (error, value) => {
        this.#waiting.delete(reject);
        if (error) reject(error);
        else resolve(value);
      };
      try {
        call(this.sftp, done);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)), undefined as T);
      }
    });
  }

  lose(reason: Error): void {
    this.#lost ??= reason;
    for (const reject of this.#waiting) reject(this.#lost);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    if (this.#lost) return;
    this.lose(new Error('the connection was closed'));
    await this.#client.end();
  }
}

/** Throws HOST_KEY_UNKNOWN, HOST_KEY_CHANGED or FILES_SIGN_IN; RetryLater when the server is not there. */
export async function connect({ settings, signal, log }: ConnectorHost<SftpSettings>): Promise<SftpConnection> {
  signal.throwIfAborted();
  const { host, port, user } = settings;
  const place = `${host}:${port}`;
  let opened: SftpConnection | null = null;
  let shown = '';
  const ended = (reason: string) => () => opened?.lose(new Error(reason));
  const client = new Client('files', {
    error: (error) => opened?.lose(error instanceof Error ? error : new Error(String(error))),
    end: ended('the server ended the connection'),
    close: ended('the connection is gone'),
  });
  try {
    const sftp = await client.connect({
      host,
      port,
      username: user,
      ...credentials(settings),
      hostVerifier: (key: Buffer) => {
        shown = fingerprint(key);
        return isExpected(shown, expectedKeys(settings.hostKey));
      },
      readyTimeout: patience,
      keepaliveInterval: 15_000,
      keepaliveCountMax: 3,
    });
    opened = new SftpConnection(client, sftp, shown);
  } catch (error) {
    await client.end();
    throw refusedKey(shown, settings.hostKey, place) ?? explainConnect(error, place, user);
  }
  const connection = opened;
  const stop = (): void =>
    void connection
      .close()
      .catch((error: unknown) => log('debug', 'a connection was not ended', { reason: String(error) }));
  signal.addEventListener('abort', stop, { once: true });
  return connection;
}

function refusedKey(found: string, hostKey: string, host: string): UserError | null {
  const expected = expectedKeys(hostKey);
  if (found === '' || isExpected(found, expected)) return null;
  if (expected.length === 0) return new UserError('HOST_KEY_UNKNOWN', { host, found });
  return new UserError('HOST_KEY_CHANGED', { host, found, expected: expected.join(' or ') });
}

function credentials({ auth, password, privateKey, passphrase }: SftpSettings) {
  if (auth === 'password') return { password };
  return { privateKey: withLines(privateKey), ...(passphrase === '' ? {} : { passphrase }) };
}

/** A form of one line takes the line breaks away, without which nobody reads a key. */
function withLines(pem: string): string {
  const [, kind, body = ''] = /^\s*-----BEGIN ([A-Z ]+)-----([^\n]+)-----END \1-----\s*$/.exec(pem) ?? [];
  if (!kind) return pem;
  const lines = body
    .replaceAll(/\s+/g, '')
    .replaceAll(/(.{70})/g, '$1\n')
    .trim();
  return `-----BEGIN ${kind}-----\n${lines}\n-----END ${kind}-----\n`;
}
