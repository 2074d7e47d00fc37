import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, isExecutable, runCommand } from './command.mjs';
import { Problem } from './problem.mjs';
import { ensureTools } from './tools.mjs';

/** Where Debian keeps them: one folder per version, none of them on the PATH. */
const debianFolder = '/usr/lib/postgresql';
const clusterSetting = '/etc/postgresql-common/createcluster.conf';

/** @returns {string | undefined} the folder with `initdb` and `postgres`: POSTGRES_BIN, else Debian's newest, else the one of the PATH */
export function findPostgres() {
  const given = process.env.POSTGRES_BIN;
  if (given && !isExecutable(join(given, 'initdb')))
    throw new Problem(`POSTGRES_BIN says ${given}, which has no initdb: correct it or unset it.`);
  if (given) return given;
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debianFolder, version, 'bin'));
  const found = folders.find((folder) => isExecutable(join(folder, 'initdb')));
  const onPath = findProgram('initdb');
  return found ?? (onPath && dirname(onPath));
}

/**
 * PostgreSQL's programs for the tests, which start servers of their own: found, else installed where that can be done unasked.
 *
 * @returns {Promise<string>} their folder
 */
export async function ensurePostgres() {
  const found = findPostgres();
  if (found) return found;
  await ensureTools('Running the PostgreSQL tests', [{ programs: ['pg_ctlcluster'], aptPackage: 'postgresql-common' }]);
  await forbidCluster();
  await ensureTools('Running the PostgreSQL tests', [{ programs: ['initdb'], aptPackage: 'postgresql' }]);
  const installed = findPostgres();
  if (!installed)
    throw new Problem('apt-get installed postgresql, but without initdb: set POSTGRES_BIN to the folder with it.');
  return installed;
}

/** Debian's package would make a cluster and start it with the machine; the tests need the programs only. */
async function forbidCluster() {
  const { code, output } = await runCommand('sed', [
    '-i',
    's/^#\\?create_main_cluster.*/create_main_cluster = false/',
    clusterSetting,
  ]);
  if (code !== 0) throw new Problem(`${clusterSetting} could not be changed (${output.trim()}): make it writable.`);
}
