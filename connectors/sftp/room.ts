import type { SftpConnection } from './connect.ts';
import { isUnsupported } from './errors.ts';

/** Bytes under which a disk counts as full: the rest of a block is told as free. */
const least = 64 * 1024;

/** Whether there is room where that folder lies; true where the server does not say. */
export async function hasRoom(connection: SftpConnection, folder: string): Promise<boolean> {
  if (connection.isLost) return true;
  try {
    const disk = await connection.ask<Disk>((sftp, done) => sftp.ext_openssh_statvfs(folder, done));
    return (
      Number(disk.f_bavail) * Number(disk.f_frsize) >= least &&
      (Number(disk.f_files) === 0 || Number(disk.f_favail) > 0)
    );
  } catch (error) {
    if (isUnsupported(error)) return true;
    throw error;
  }
}

interface Disk {
  f_frsize: number | bigint;
  /** Blocks free for this user. */
  f_bavail: number | bigint;
  /** All and free file numbers; 0: the file system does not count them. */
  f_files: number | bigint;
  f_favail: number | bigint;
}
