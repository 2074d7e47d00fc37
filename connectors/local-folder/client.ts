/** A folder among the instance's own files. Nothing outside of it is read or written, whatever a path says. */
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { mkdir, opendir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectorHost, FilesClient, Identity } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { FileEntry, FileWrite, WrittenFile } from '../../contract/files.ts';
import { filePath, folderOf, folderPath, joinPath, nameOf, watchContent } from '../../contract/files.ts';
import type { LocalFolderSettings } from './definition.ts';
import { explain } from './errors.ts';
import { lookAt } from './place.ts';

const readBytes = 256 * 1024;
const listedAtOnce = 500;

/** Throws CONFIG_INVALID where the instance keeps no files. */
export async function open(host: ConnectorHost<LocalFolderSettings>): Promise<FilesClient> {
  const { folder: root } = host;
  if (root === undefined)
    throw new UserError('CONFIG_INVALID', { field: 'Folder', reason: 'files cannot be kept here' });
  return new LocalFolder(host, root);
}

class LocalFolder implements FilesClient {
  readonly kind = 'local-folder';
  readonly capability = 'files';
  readonly #host: ConnectorHost<LocalFolderSettings>;
  readonly #root: string;
  readonly #folder: string;

  constructor(host: ConnectorHost<LocalFolderSettings>, root: string) {
    this.#host = host;
    this.#root = root;
    this.#folder = folderPath(host.settings.folder);
  }

  async verify(): Promise<Identity> {
    let files = 0;
    for await (const page of this.list('')) files += page.length;
    const place = joinPath('files', this.#folder).replace(/\/$/, '');
    return { identity: 'this instance', organisation: place, details: [{ label: 'Files', value: String(files) }] };
  }

  place(path: string): string {
    return joinPath(joinPath('files', this.#folder).replace(/\/$/, ''), path);
  }

  async *list(folder: string): AsyncGenerator<FileEntry[]> {
    const below = folderPath(folder);
    const found = await this.#look(below);
    if (!found.stats) return;
    if (!found.stats.isDirectory()) throw new UserError('FILE_PATH', { path: folder, reason: 'it is no folder' });
    let page: FileEntry[] = [];
    for await (const { name } of await opendir(found.path)) {
      this.#host.signal.throwIfAborted();
      const entry = await this.#entry(joinPath(below, name));
      if (entry) page.push(entry);
      if (page.length < listedAtOnce) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** What is no file of ours to read, links among them, is not listed. */
  async #entry(path: string): Promise<FileEntry | null> {
    try {
      return await this.stat(path);
    } catch (error) {
      if (error instanceof UserError && error.code === 'FILE_PATH') return null;
      throw error;
    }
  }

  async stat(path: string): Promise<FileEntry | null> {
    const clean = filePath(path);
    const { stats } = await this.#look(clean);
    return stats?.isFile() ? entryOf(clean, stats) : null;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.stat(path)) !== null;
  }

  async *read(path: string, from = 0): AsyncGenerator<Uint8Array> {
    const { path: file } = await this.#demand(path);
    try {
      await using handle = await openFile(file, constants.O_RDONLY | constants.O_NOFOLLOW);
      for (let at = from; ; ) {
        this.#host.signal.throwIfAborted();
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(readBytes), 0, readBytes, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw explain(error, 'read', this.place(path));
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, { draft, earlier }: FileWrite): Promise<WrittenFile> {
    const clean = filePath(path);
    const folder = folderOf(clean);
    const final = await this.#target(clean);
    const beside = (name: string): Promise<string> => this.#target(joinPath(folder, nameOf(filePath(name))));
    const place = draft === null ? final : await beside(draft);
    const watched = watchContent(content);
    try {
      const size = await this.#fill(place, watched.bytes, this.place(clean));
      for (const name of earlier ?? []) await rm(await beside(name), { force: true });
      this.#host.signal.throwIfAborted();
      if (place !== final) await rename(place, final);
      return { size, checksum: null };
    } catch (error) {
      if (place !== final) await rm(place, { force: true });
      if (watched.failure) throw watched.failure.error;
      throw explain(error, 'write', this.place(clean));
    }
  }

  /** Resolves when the bytes are on the disk. */
  async #fill(place: string, content: AsyncIterable<Uint8Array>, path: string): Promise<number> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
    await using handle = await openFile(place, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
    let size = 0;
    for await (const chunk of content) {
      this.#host.signal.throwIfAborted();
      for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
      size += chunk.length;
    }
    await handle.sync();
    const { size: found } = await handle.stat();
    if (found !== size) throw new RetryLater('FILE_CUT', { path, found, expected: size });
    return size;
  }

  async move(from: string, to: string): Promise<void> {
    const { path: source } = await this.#demand(from);
    const target = await this.#target(filePath(to));
    await rename(source, target).catch((error: unknown) => {
      throw explain(error, 'move', this.place(from));
    });
  }

  async remove(path: string): Promise<boolean> {
    const { path: file, stats } = await this.#look(filePath(path));
    if (!stats) return false;
    if (!stats.isFile()) throw new UserError('FILE_PATH', { path, reason: 'it is a folder' });
    await rm(file).catch((error: unknown) => {
      throw explain(error, 'remove', this.place(path));
    });
    return true;
  }

  async close(): Promise<void> {
    // Nothing stays open between calls.
  }

  /** Where a file is to appear; the folders above it are made. */
  async #target(path: string): Promise<string> {
    const { stats, path: place } = await this.#look(path);
    if (stats?.isDirectory()) throw new UserError('FILE_PATH', { path, reason: 'a folder is called so' });
    try {
      await mkdir(join(place, '..'), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw explain(error, 'write', this.place(path));
    }
    return place;
  }

  async #demand(path: string): Promise<{ path: string; stats: Stats }> {
    const { path: file, stats } = await this.#look(filePath(path));
    if (!stats?.isFile()) throw new UserError('FILE_MISSING', { path: this.place(path) });
    return { path: file, stats };
  }

  async #look(path: string): ReturnType<typeof lookAt> {
    try {
      return await lookAt(this.#root, joinPath(this.#folder, path).replace(/\/$/, ''));
    } catch (error) {
      throw explain(error, 'read', this.place(path));
    }
  }
}

function entryOf(path: string, { size, mtime, mtimeMs, ino }: Stats): FileEntry {
  const version = `${size}-${Math.round(mtimeMs)}-${ino}`;
  return { path, name: nameOf(path), size, modifiedAt: mtime.toISOString(), version };
}
