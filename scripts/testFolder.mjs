import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const memoryDisk = '/dev/shm';
const prefix = 'syncline-tests-';
/** Bytes. Several times what all tests together ever hold at once. */
const room = 4_000_000_000;

/**
 * Tests keep their files in memory from here on: databases wait for the disk at each commit, which was half of the time of
 * their tests. The folder is gone when this process ends. Nothing changes where memory is short, or where TMPDIR says already
 * where such files belong.
 */
export function keepFilesInMemory() {
  if (process.env.TMPDIR || !hasRoom()) return;
  removeLeftovers();
  const folder = join(memoryDisk, prefix + process.pid);
  remove(folder);
  mkdirSync(folder);
  // Database servers that refuse to run as root run as another user.
  chmodSync(folder, 0o1777);
  // Ended by a signal, servers are still ending by the files that lie there: the next tests find what is left.
  process.on('exit', (code) => {
    if (code < 128) remove(folder);
  });
  process.env.TMPDIR = folder;
}

function hasRoom() {
  if (!existsSync(memoryDisk) || freemem() < 2 * room) return false;
  const { bavail, bsize } = statfsSync(memoryDisk);
  return bavail * bsize >= room;
}

/** Of tests that were killed: memory is too dear to leave them there. */
function removeLeftovers() {
  for (const name of readdirSync(memoryDisk))
    if (name.startsWith(prefix) && !isRunning(Number(name.slice(prefix.length)))) remove(join(memoryDisk, name));
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @param {string} folder */
function remove(folder) {
  // A server that is just ending may still write.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
