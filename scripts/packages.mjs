import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureAddon } from './addon.mjs';
import { runCommand } from './command.mjs';
import { platform, root } from './node.mjs';
import { Problem } from './problem.mjs';
import { sayWhile } from './report.mjs';

const modules = join(root, 'node_modules');
const lockPath = join(root, 'package-lock.json');
const stampPath = join(modules, '.syncline-stamp');

/**
 * Brings node_modules to what package-lock.json says, the native addon compiled. A second call costs one hash.
 *
 * @throws {Problem} when the network, a tool or the permission to write is missing
 */
export async function ensurePackages() {
  const stamp = stampOf(readFileSync(lockPath));
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  ensureWritable();
  if (!isInstalled()) await sayWhile('Installing packages', installPackages);
  await ensureAddon();
  writeFileSync(stampPath, stamp);
}

/** @param {Buffer} lock */
function stampOf(lock) {
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${hash} ${process.version} ${platform}\n`;
}

/** Says so before minutes are spent on an installation that cannot be written. */
function ensureWritable() {
  const probe = join(modules, `.syncline-probe-${process.pid}`);
  try {
    mkdirSync(modules, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new Problem(
      `${modules} cannot be written (${codeOf(error)}), and packages have to be installed there: make the folder writable or clone to another place.`,
    );
  }
}

/**
 * npm writes its list last, so with it an installation was not cut short; each package's own version says whether it is the
 * one of the lock file. So someone who ran `npm install` by hand keeps the folder.
 */
function isInstalled() {
  if (!existsSync(join(modules, '.package-lock.json'))) return false;
  return Object.entries(readJson(lockPath).packages).every(([path, locked]) => {
    const manifest = join(root, path, 'package.json');
    if (!existsSync(manifest)) return locked.optional === true;
    return path === '' || readJson(manifest).version === locked.version;
  });
}

/** Scripts of packages stay off: the one addon is brought by `ensureAddon`, which knows more than its install script. */
async function installPackages() {
  const [command, ...first] = npmCommand();
  // npm runs on the system's Node, the packages on ours: its warnings about engines would be about the wrong one.
  const { code, output } = await runCommand(
    command,
    [...first, 'ci', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'],
    { cwd: root },
  );
  if (code !== 0) throw new Problem(explainFailure(output));
}

/** @returns {[string, ...string[]]} the npm that runs us, else the one of the PATH */
export function npmCommand() {
  const path = process.env.npm_execpath;
  return path && basename(path) === 'npm-cli.js' ? [process.execPath, path] : ['npm'];
}

/** @param {string} output of npm */
function explainFailure(output) {
  const code = /npm error code (\w+)/.exec(output)?.[1] ?? 'unknown error';
  if (
    /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT)$/.test(code)
  ) {
    return `npm cannot reach its package registry (${code}): check the network and the proxy ("npm config get registry" shows the address), then run the command again.`;
  }
  if (/^(EROFS|EACCES|EPERM|ENOSPC)$/.test(code)) {
    return `npm cannot write (${code}): make ${modules} and npm's cache writable with room to spare, then run the command again.`;
  }
  const reason =
    output
      .split('\n')
      .map((line) => line.replace(/^npm error ?/, '').trim())
      .find((line) => line && !line.startsWith('code ')) ?? '';
  return `npm ci failed (${code}): ${reason} Run "npm ci" to see the whole message.`;
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : String(error);
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
