/** Giving a file the name of another. */
import type { SftpConnection } from './connect.ts';
import { isMissing, isPlainFailure, isUnsupported } from './errors.ts';

/** The name is taken, and the server cannot replace a file in one step. */
export class FileInTheWay extends Error {
  override readonly name = 'FileInTheWay';
}

/**
 * In one step where the server can (OpenSSH's `posix-rename`). The protocol's own rename refuses a name that is taken: the
 * old file is removed first then, if that is allowed. Throws FileInTheWay if it is not.
 */
export async function replaceFile(
  connection: SftpConnection,
  from: string,
  to: string,
  removeFirst: boolean,
): Promise<void> {
  try {
    await connection.ask<void>((sftp, done) => sftp.ext_openssh_rename(from, to, (error) => done(error, undefined)));
    return;
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
  try {
    await rename(connection, from, to);
  } catch (error) {
    if (!isPlainFailure(error) || !(await isThere(connection, to))) throw error;
    if (!removeFirst) throw new FileInTheWay(`${to} is there already`, { cause: error });
    await connection.ask<void>((sftp, done) => sftp.unlink(to, (failed) => done(failed, undefined)));
    await rename(connection, from, to);
  }
}

function rename(connection: SftpConnection, from: string, to: string): Promise<void> {
  return connection.ask<void>((sftp, done) => sftp.rename(from, to, (error) => done(error, undefined)));
}

async function isThere(connection: SftpConnection, path: string): Promise<boolean> {
  try {
    await connection.ask((sftp, done) => sftp.stat(path, done));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
