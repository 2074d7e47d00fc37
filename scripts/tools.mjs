import { findProgram, runCommand } from './command.mjs';
import { Problem } from './problem.mjs';
import { sayWhile } from './report.mjs';

/**
 * @typedef {object} Tool
 * @property {string[]} programs any one of them will do
 * @property {string} aptPackage Debian's package with the first of them
 */

/** @type {Tool[]} what node-gyp needs to compile an addon */
export const compilers = [
  { programs: ['python3', 'python'], aptPackage: 'python3' },
  { programs: ['make'], aptPackage: 'make' },
  { programs: ['g++', 'clang++', 'c++'], aptPackage: 'g++' },
];

/**
 * Installs what is missing where that can be done unasked (Debian as root), else says what to install.
 *
 * @param {string} purpose begins the sentence that the person reads: `Compiling sqlite3`
 * @param {Tool[]} tools
 */
export async function ensureTools(purpose, tools) {
  const missing = tools.filter((tool) => !tool.programs.some(findProgram));
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.aptPackage);
  const apt = findProgram('apt-get');
  if (!apt)
    throw new Problem(
      `${purpose} needs ${listNames(packages)}: ${howToInstall(packages)}, then run the command again.`,
    );
  if (process.getuid?.() !== 0) {
    throw new Problem(
      `${purpose} needs ${listNames(packages)}: run "sudo apt-get install ${packages.join(' ')}", then run the command again.`,
    );
  }
  await installByApt(apt, purpose, packages);
}

/**
 * @param {string} apt
 * @param {string} purpose
 * @param {string[]} packages
 */
async function installByApt(apt, purpose, packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await sayWhile(`${purpose} needs ${listNames(packages)}: installing with apt-get`, async () => {
    const update = await runCommand(apt, ['update'], { env });
    const install = await runCommand(apt, ['install', '-y', '--no-install-recommends', ...packages], { env });
    if (install.code === 0) return;
    const reason = lastLine(install.output) || lastLine(update.output);
    throw new Problem(
      `${purpose} needs ${listNames(packages)}, and apt-get could not install it (${reason}): install it by hand, then run the command again.`,
    );
  });
}

/** @param {string[]} packages */
function howToInstall(packages) {
  if (packages.some((name) => name.startsWith('postgresql')))
    return 'install PostgreSQL (14 or newer), or set POSTGRES_BIN to the folder with its initdb';
  if (packages.includes('openssh-server')) return "install OpenSSH's server";
  if (packages.some((name) => name.startsWith('ceph') || name === 'radosgw')) return 'install Ceph with its S3 gateway';
  if (packages.some((name) => name.startsWith('mariadb'))) return 'install MariaDB (10.6 or newer)';
  if (packages.includes('chromium')) return 'install Chromium or Chrome, or set CHROMIUM_PATH to its program';
  if (process.platform === 'darwin') return 'run "xcode-select --install"';
  if (process.platform === 'win32') return 'install Python 3 and the Visual Studio Build Tools (C++)';
  return 'install it with the package manager of this system';
}

/** @param {string[]} names */
function listNames(names) {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

/** @param {string} output */
export function lastLine(output) {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
