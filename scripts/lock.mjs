import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { root } from './node.mjs';
import { npmCommand } from './packages.mjs';
import { Problem, runMain } from './problem.mjs';
import { say } from './report.mjs';

/** @typedef {{ version: string, dev?: boolean, optionalDependencies?: Record<string, string> }} Locked */

const lockPath = join(root, 'package-lock.json');

/**
 * Writes package-lock.json anew after a change to package.json. A registry that does not offer a package for some platform
 * makes npm leave it out, and `npm ci` then refuses the lock file on every platform: those are added by name and version.
 */
await runMain(async () => {
  const [command, ...first] = npmCommand();
  const { code, output } = await runCommand(
    command,
    [...first, 'install', '--package-lock-only', '--ignore-scripts', '--loglevel=error'],
    { cwd: root },
  );
  if (code !== 0) throw new Problem(`npm could not write the lock file: ${output.trim()}`);
  const lock = JSON.parse(readFileSync(lockPath, 'utf8'));
  const added = addMissing(lock.packages);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`);
  say(added.length > 0 ? `Added ${added.join(', ')}.` : 'Nothing was missing.');
  return 0;
});

/**
 * @param {Record<string, Locked>} packages
 * @returns {string[]} the names that were added
 */
function addMissing(packages) {
  const wanted = Object.entries(packages).flatMap(([path, locked]) =>
    Object.entries(locked.optionalDependencies ?? {}).map(([name, version]) => ({
      path,
      name,
      version,
      dev: locked.dev,
    })),
  );
  const missing = wanted.filter(
    ({ path, name }) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
  );
  for (const { name, version, dev } of missing) {
    packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev ? { dev } : {}), ...{ optional: true } };
  }
  return missing.map(({ name }) => name);
}

/** The platform is part of such a package's name: `@biomejs/cli-linux-x64-musl`. */
function platformOf(/** @type {string} */ name) {
  const [, os, cpu, libc] =
    /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (!os || !cpu)
    throw new Problem(`npm left ${name} out of the lock file, and its name does not say for which platform it is.`);
  const libraries = /** @type {Record<string, string>} */ ({ gnu: 'glibc', musl: 'musl' });
  return { cpu: [cpu], os: [os], ...(libc && libraries[libc] ? { libc: [libraries[libc]] } : {}) };
}
