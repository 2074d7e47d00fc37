/**
 * Bytes of files, many requests under way at once and sent in their order, as `sftp` does: one at a time would wait for the
 * network with each 32 KB.
 */
import type { SFTPWrapper } from 'ssh2';
import type { SftpConnection } from './connect.ts';
import { statusOf } from './errors.ts';

const pieceBytes = 32 * 1024;
const underWay = 48;
const endOfFile = 1;

/** Bytes from an offset on, in order. */
export async function* readBytes(connection: SftpConnection, path: string, from: number): AsyncGenerator<Uint8Array> {
  const handle = await connection.ask<Buffer>((sftp, done) => sftp.open(path, 'r', done));
  const pieces: Promise<Buffer>[] = [];
  let next = from;
  const ask = (): void => {
    const piece = readPiece(connection, handle, next);
    next += pieceBytes;
    // Whoever waits for it is told; nobody may by then.
    piece.catch(() => undefined);
    pieces.push(piece);
  };
  try {
    while (pieces.length < underWay) ask();
    for (let piece = await pieces.shift(); piece && piece.length > 0; piece = await pieces.shift()) {
      yield piece;
      if (piece.length < pieceBytes) return;
      ask();
    }
  } finally {
    await Promise.allSettled(pieces);
    await closeHandle(connection, handle);
  }
}

/** All of a piece, in several answers if need be; shorter only at the end of the file. */
async function readPiece(connection: SftpConnection, handle: Buffer, at: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(pieceBytes);
  let length = 0;
  while (length < pieceBytes) {
    const got = await readOnce(connection, handle, bytes, length, at + length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

async function readOnce(
  connection: SftpConnection,
  handle: Buffer,
  into: Buffer,
  offset: number,
  position: number,
): Promise<number> {
  try {
    return await connection.ask<number>((sftp, done) =>
      sftp.read(handle, into, offset, pieceBytes - offset, position, (error, count) => done(error, count)),
    );
  } catch (error) {
    if (statusOf(error) === endOfFile) return 0;
    throw error;
  }
}

/** Writes a file anew; gives its bytes. */
export async function writeBytes(
  connection: SftpConnection,
  path: string,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  const handle = await connection.ask<Buffer>((sftp, done) => sftp.open(path, 'w', done));
  const writes = new Writes(connection, handle);
  try {
    for await (const chunk of content)
      for (let from = 0; from < chunk.length; from += pieceBytes)
        await writes.add(Buffer.from(chunk.buffer, chunk.byteOffset + from, Math.min(pieceBytes, chunk.length - from)));
    await writes.settle();
  } finally {
    await writes.end();
    await closeHandle(connection, handle);
  }
  return writes.position;
}

class Writes {
  readonly #connection: SftpConnection;
  readonly #handle: Buffer;
  readonly #pending = new Set<Promise<void>>();
  #failed: { error: unknown } | null = null;
  position = 0;

  constructor(connection: SftpConnection, handle: Buffer) {
    this.#connection = connection;
    this.#handle = handle;
  }

  /** Waits until few enough are under way. Rejects with what an earlier one failed by. */
  async add(piece: Buffer): Promise<void> {
    while (this.#pending.size >= underWay && !this.#failed) await Promise.race(this.#pending);
    if (this.#failed) throw this.#failed.error;
    const at = this.position;
    this.position += piece.length;
    const write = (sftp: SFTPWrapper, done: (error?: Error | null) => void): void =>
      sftp.write(this.#handle, piece, 0, piece.length, at, done);
    const pending: Promise<void> = this.#connection
      .ask<void>((sftp, done) => write(sftp, (error) => done(error, undefined)))
      .catch((error: unknown) => {
        this.#failed ??= { error };
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  async settle(): Promise<void> {
    await this.end();
    if (this.#failed) throw this.#failed.error;
  }

  async end(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

/** A handle that cannot be closed is gone with its connection. What a close tells of a failed write, the size tells too. */
async function closeHandle(connection: SftpConnection, handle: Buffer): Promise<void> {
  if (connection.isLost) return;
  await connection.ask<void>((sftp, done) => sftp.close(handle, (error) => done(error, undefined)));
}
