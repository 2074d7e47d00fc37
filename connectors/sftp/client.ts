/** Files by SFTP. */
import type { FileEntryWithStats, Stats } from 'ssh2';
import type { ConnectorHost, FilesClient, Identity } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { FileEntry, FileWrite, WrittenFile } from '../../contract/files.ts';
import { filePath, folderOf, folderPath, joinPath, nameOf, watchContent } from '../../contract/files.ts';
import { FileFaults } from '../kit/fileFaults.ts';
import { connect, type SftpConnection } from './connect.ts';
import type { SftpSettings } from './definition.ts';
import { explain, isMissing, isNoRoom, isPlainFailure } from './errors.ts';
import { FileInTheWay, replaceFile } from './replace.ts';
import { hasRoom } from './room.ts';
import { readBytes, writeBytes } from './transfer.ts';

export async function open(host: ConnectorHost<SftpSettings>): Promise<FilesClient> {
  return new SftpClient(host);
}

class SftpClient implements FilesClient {
  readonly kind = 'sftp';
  readonly capability = 'files';
  readonly #host: ConnectorHost<SftpSettings>;
  readonly #faults: FileFaults;
  /** In front of paths: empty, or with "/" at its end. */
  readonly #base: string;
  #connecting: Promise<SftpConnection> | null = null;

  constructor(host: ConnectorHost<SftpSettings>) {
    this.#host = host;
    this.#faults = new FileFaults(host, (...about) => this.#explain(...about));
    const { folder } = host.settings;
    this.#base = folder === '' ? '' : folder.replace(/\/*$/, '/');
  }

  async verify(): Promise<Identity> {
    const connection = await this.#connection();
    const here = await this.#faults.during('read', '', () =>
      connection.ask<string>((sftp, done) => sftp.realpath(this.#base || '.', done)),
    );
    const stats = await this.#stats(this.#base || '.');
    if (!stats?.isDirectory()) throw new UserError('FILE_MISSING', { path: this.place('') });
    return {
      identity: this.#host.settings.user,
      organisation: this.#server,
      details: [
        { label: 'Folder', value: here },
        { label: 'Host key', value: connection.hostKey },
      ],
    };
  }

  get #server(): string {
    const { host, port } = this.#host.settings;
    return port === 22 ? host : `${host}:${port}`;
  }

  place(path: string): string {
    return `sftp://${this.#server}/${this.#base.replace(/^\//, '')}${path}`;
  }

  async *list(folder: string): AsyncGenerator<FileEntry[]> {
    const below = folderPath(folder);
    const place = this.#remote(below) || '.';
    const connection = await this.#connection();
    const handle = await this.#faults.during('list', below, () =>
      connection.ask<Buffer>((sftp, done) => sftp.opendir(place, done)),
    );
    try {
      for (;;) {
        const page = await this.#faults.during('list', below, () => nextNames(connection, handle));
        if (page === null) return;
        yield page
          .filter(({ attrs }) => isPlainFile(attrs))
          .map(({ filename, attrs }) => entryOf(joinPath(below, filename), attrs));
      }
    } finally {
      if (!connection.isLost)
        await connection.ask<void>((sftp, done) => sftp.close(handle, (error) => done(error, undefined)));
    }
  }

  async stat(path: string): Promise<FileEntry | null> {
    const clean = filePath(path);
    const stats = await this.#stats(this.#remote(clean), clean);
    return stats && isPlainFile(stats) ? entryOf(clean, stats) : null;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.stat(path)) !== null;
  }

  async *read(path: string, from = 0): AsyncGenerator<Uint8Array> {
    const clean = filePath(path);
    const connection = await this.#connection();
    try {
      yield* readBytes(connection, this.#remote(clean), from);
    } catch (error) {
      throw this.#faults.of(error, 'read', clean);
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, how: FileWrite): Promise<WrittenFile> {
    const clean = filePath(path);
    const folder = folderOf(clean);
    const beside = (name: string): string => this.#remote(joinPath(folder, nameOf(filePath(name))));
    const target = how.draft === null ? this.#remote(clean) : beside(how.draft);
    const connection = await this.#connection();
    await this.#makeFolders(connection, folder);
    const watched = watchContent(content);
    try {
      const size = await this.#fill(connection, target, watched.bytes, clean);
      for (const name of how.earlier ?? []) await this.#removeThere(connection, beside(name));
      if (how.draft !== null)
        await replaceFile(connection, target, this.#remote(clean), this.#host.settings.removeFirst);
      return { size, checksum: null };
    } catch (error) {
      if (how.draft !== null) await this.#dropDraft(connection, target);
      if (watched.failure) throw watched.failure.error;
      if (error instanceof FileInTheWay)
        throw new UserError('FILE_EXISTS', { path: this.place(clean) }, { cause: error });
      throw this.#faults.of(error, 'write', clean);
    }
  }

  async #fill(
    connection: SftpConnection,
    target: string,
    content: AsyncIterable<Uint8Array>,
    path: string,
  ): Promise<number> {
    const expected = await this.#withRoom(connection, target, path, () => writeBytes(connection, target, content));
    const found = (await this.#stats(target))?.size ?? 0;
    if (found !== expected) throw new RetryLater('FILE_CUT', { path: this.place(path), found, expected });
    return expected;
  }

  /** Servers of the usual version say of a full disk only that it failed: they are asked how much is left. */
  async #withRoom<T>(connection: SftpConnection, target: string, path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const full = isNoRoom(error) || (isPlainFailure(error) && !(await hasRoom(connection, folderOf(target) || '.')));
      if (!full) throw error;
      const reason = 'the disk there is full, or a quota is used up';
      throw new RetryLater('FILE_NO_ROOM', { path: this.place(path), reason }, { cause: error });
    }
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [filePath(from), filePath(to)];
    const connection = await this.#connection();
    if (!(await this.exists(source))) throw new UserError('FILE_MISSING', { path: this.place(source) });
    await this.#makeFolders(connection, folderOf(target));
    try {
      await replaceFile(connection, this.#remote(source), this.#remote(target), this.#host.settings.removeFirst);
    } catch (error) {
      if (error instanceof FileInTheWay)
        throw new UserError('FILE_EXISTS', { path: this.place(target) }, { cause: error });
      throw this.#faults.of(error, 'move', source);
    }
  }

  async remove(path: string): Promise<boolean> {
    const clean = filePath(path);
    const connection = await this.#connection();
    return this.#faults.during('remove', clean, () => this.#removeThere(connection, this.#remote(clean)));
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = null;
    const [outcome] = await Promise.allSettled([connecting]);
    if (outcome?.status === 'fulfilled') await outcome.value?.close();
  }

  /** One for the client; a new one where the last was cut. */
  async #connection(): Promise<SftpConnection> {
    if (this.#connecting && (await this.#connecting).isLost) this.#connecting = null;
    this.#connecting ??= connect(this.#host).catch((error: unknown) => {
      this.#connecting = null;
      throw error;
    });
    return this.#connecting;
  }

  #remote(path: string): string {
    return this.#base + path;
  }

  async #stats(place: string, path = place): Promise<Stats | null> {
    const connection = await this.#connection();
    try {
      return await connection.ask<Stats>((sftp, done) => sftp.stat(place, done));
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.#faults.of(error, 'read', path);
    }
  }

  async #makeFolders(connection: SftpConnection, folder: string): Promise<void> {
    const missing: string[] = [];
    for (let path = folder; path !== '' && !(await this.#stats(this.#remote(path))); path = folderOf(path))
      missing.unshift(path);
    for (const path of missing) {
      try {
        await connection.ask<void>((sftp, done) => sftp.mkdir(this.#remote(path), (error) => done(error, undefined)));
      } catch (error) {
        // Somebody else may have made it meanwhile.
        if (!(await this.#stats(this.#remote(path)))?.isDirectory()) throw this.#faults.of(error, 'write', path);
      }
    }
  }

  async #removeThere(connection: SftpConnection, place: string): Promise<boolean> {
    try {
      await connection.ask<void>((sftp, done) => sftp.unlink(place, (error) => done(error, undefined)));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** What is left of it is removed by the next attempt, if it cannot be now. */
  async #dropDraft(connection: SftpConnection, place: string): Promise<void> {
    if (connection.isLost) return;
    try {
      await this.#removeThere(connection, place);
    } catch (error) {
      this.#host.log('warning', `The draft ${nameOf(place)} could not be removed.`, { reason: String(error) });
    }
  }

  #explain(error: unknown, action: string, path: string): unknown {
    return explain(error, action, this.place(path), this.#server);
  }
}

const typeBits = 0o170000;
const plainBits = 0o100000;
const isPlainFile = ({ mode }: { mode: number }): boolean => (mode & typeBits) === plainBits;

/** null: there are no more. */
async function nextNames(connection: SftpConnection, handle: Buffer): Promise<FileEntryWithStats[] | null> {
  try {
    return await connection.ask<FileEntryWithStats[]>((sftp, done) => sftp.readdir(handle, done));
  } catch (error) {
    if (isEnd(error)) return null;
    throw error;
  }
}

const isEnd = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 1;

function entryOf(path: string, { size, mtime }: { size: number; mtime: number }): FileEntry {
  const modifiedAt = new Date(mtime * 1_000).toISOString();
  return { path, name: nameOf(path), size, modifiedAt, version: `${size}-${mtime}` };
}
