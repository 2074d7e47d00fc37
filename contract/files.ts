/** Files of an outside system: their paths, and which names a mask means. Pure. */
import { UserError } from './errors.ts';

export interface FileEntry {
  /** Below the folder of the connection, with "/" between the parts: `import/contacts.csv`. */
  path: string;
  /** Its last part. */
  name: string;
  /** Bytes. */
  size: number;
  /** ISO, UTC, by the outside system's clock. */
  modifiedAt: string;
  /** Changes when the content does, as far as the outside system tells: an entity tag, or size and time. Opaque. */
  version: string;
}

/** How a file comes to stand under its name. */
export interface FileWrite {
  /**
   * The name, in the same folder, under which it is written until it is whole; null: under its own from the first byte, for
   * receivers that act on the end of an upload. Where a file appears as a whole anyway, the name is not used.
   */
  draft: string | null;
  /** Drafts of earlier attempts: removed before the file appears, so that none of them can still become it. */
  earlier?: readonly string[];
  /** For stores in which a file comes into being out of sight, in parts. Left out: what an attempt leaves behind there stays. */
  uploads?: UploadMarks;
  /** Bytes, where they are known ahead. */
  size?: number;
}

/** Marks, the store's own, of uploads of one file: who wrote them down can end those that a dead attempt has left behind. */
export interface UploadMarks {
  /** Of attempts before. */
  earlier(): Promise<readonly string[]>;
  /** Resolves when the mark is written down: no part is sent before. Rejects where another attempt has taken over. */
  begun(mark: string): Promise<void>;
}

export interface WrittenFile {
  /** Bytes, counted here and found the same there. */
  size: number;
  /** What the outside system vouches for besides the size, such as `CRC32 …`; null: nothing. */
  checksum: string | null;
}

/**
 * The path of a file below the folder of a connection, as clients take it: a "/" in front is left away.
 * Throws UserError FILE_PATH for one that could lead out of the folder, or that no system can hold.
 */
export function filePath(text: string): string {
  const path = folderPath(text);
  if (path === '') throw new UserError('FILE_PATH', { path: text, reason: 'it names no file' });
  return path;
}

/** The same for a folder; empty is the connection's own. Blanks at the edges are part of a name: what people type is trimmed before. */
export function folderPath(text: string): string {
  const path = text.replace(/^\/+/, '').replace(/\/+$/, '');
  if (path.trim() === '') return '';
  const reason = problemOf(path);
  if (reason !== null) throw new UserError('FILE_PATH', { path: text.slice(0, 200), reason });
  return path;
}

function problemOf(path: string): string | null {
  if (new TextEncoder().encode(path).length > 1_000) return 'it is longer than 1,000 bytes';
  if (/\p{Cc}/u.test(path) || !path.isWellFormed()) return 'it holds characters that cannot be seen';
  if (path.includes('\\')) return 'folders are parted by "/"';
  const parts = path.split('/');
  if (parts.includes('..')) return 'it leads out of its folder by ".."';
  if (parts.some((part) => part === '' || part === '.')) return 'one of its parts is empty or "."';
  return null;
}

export const joinPath = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Whether a name is meant by a mask: `*` stands for any characters, `?` for one, everything else for itself. */
export function matchesMask(mask: string, name: string): boolean {
  let [inMask, inName, star, tried] = [0, 0, -1, 0];
  while (inName < name.length) {
    if (mask[inMask] === '*') {
      star = inMask++;
      tried = inName;
    } else if (inMask < mask.length && (mask[inMask] === '?' || mask[inMask] === name[inName])) {
      inMask += 1;
      inName += 1;
    } else if (star >= 0) {
      // Only the last star is taken back: the ones before have found their shortest part, which is as good as any.
      inMask = star + 1;
      inName = ++tried;
    } else return false;
  }
  return /^\**$/.test(mask.slice(inMask));
}

/** A path whose last part may be a mask: the folder to look in, and the mask. Throws UserError FILE_PATH. */
export function splitMask(text: string): { folder: string; mask: string } {
  const path = filePath(text);
  const folder = folderOf(path);
  if (/[*?]/.test(folder))
    throw new UserError('FILE_PATH', { path: text.slice(0, 200), reason: 'only its last part can be a mask' });
  return { folder, mask: nameOf(path) };
}

/** Content on its way: its bytes so far, and what it failed by. */
export interface WatchedContent {
  bytes: AsyncIterable<Uint8Array>;
  readonly size: number;
  /** What the content itself has thrown; null: nothing. It is no fault of the outside system and passes as it is. */
  readonly failure: { error: unknown } | null;
}

/** For clients that write: counts what passes, and tells a failure of the content from one of the outside system. */
export function watchContent(content: AsyncIterable<Uint8Array>): WatchedContent {
  let size = 0;
  let failure: { error: unknown } | null = null;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of content) {
        size += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return {
    bytes: watched(),
    get size() {
      return size;
    },
    get failure() {
      return failure;
    },
  };
}
