import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from './command.mjs';
import { findNode, findNodePackage, platform, root } from './node.mjs';
import { Problem } from './problem.mjs';
import { say, sayWhile } from './report.mjs';
import { compilers, ensureTools, lastLine } from './tools.mjs';

const folder = join(root, 'node_modules', 'sqlite3');
const built = join(folder, 'build', 'Release', 'node_sqlite3.node');

/**
 * Brings sqlite3's native addon: kept from an earlier clone, else downloaded by its own means, else compiled.
 * Each is tried by opening a database with it, so a damaged copy only costs the next way.
 */
export async function ensureAddon() {
  if (!existsSync(folder) || (await loads())) return;
  const kept = keptPath();
  if (await restore(kept)) return;
  const downloaded = await download();
  if (!downloaded) await compile();
  keep(kept);
}

/** By Node-API one build serves every Node, so its key is the package's bytes and the platform. */
function keptPath() {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity = '' } = lock.packages['node_modules/sqlite3'];
  const bytes = createHash('sha256').update(integrity).digest('hex').slice(0, 16);
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'syncline', `sqlite3-${version}-${platform}-${bytes}.node`);
}

async function loads() {
  if (!existsSync(built)) return false;
  const program =
    "const { Database } = require('sqlite3'); new Database(':memory:', (error) => process.exit(error ? 1 : 0));";
  const { code } = await runCommand(findNode(), ['-e', program], { cwd: root, seconds: 30 });
  return code === 0;
}

/** @param {string} kept */
async function restore(kept) {
  if (!existsSync(kept)) return false;
  mkdirSync(dirname(built), { recursive: true });
  copyFileSync(kept, built);
  return loads();
}

/** Behind a closed network this fails at once; where packets are dropped it would hang, so it gets a minute. */
async function download() {
  const program = join(root, 'node_modules', 'prebuild-install', 'bin.js');
  if (!existsSync(program)) return false;
  const { code } = await runCommand(findNode(), [program, '-r', 'napi'], { cwd: folder, seconds: 60 });
  return code === 0 && loads();
}

async function compile() {
  await ensureTools('Compiling sqlite3', compilers);
  const node = findNode();
  const program = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const { code, output } = await sayWhile('Compiling sqlite3, which takes one to two minutes', () =>
    runCommand(node, [program, 'rebuild', '--jobs=max'], { cwd: folder, env: compileEnvironment(node) }),
  );
  if (code === 0 && (await loads())) return;
  process.stderr.write(output);
  throw new Problem(`sqlite3 could not be compiled (${lastLine(output)}): the compiler's messages are above.`);
}

/**
 * The build calls plain `node`, and wants Node's headers: both are those that npm installed, so nothing is downloaded.
 *
 * @param {string} node
 */
function compileEnvironment(node) {
  const headers = findNodePackage();
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
  return { ...process.env, PATH, JOBS: 'max', ...(headers ? { npm_config_nodedir: headers } : {}) };
}

/**
 * A copy is moved into place when whole, so that two clones made at once cannot spoil it.
 *
 * @param {string} kept
 */
function keep(kept) {
  try {
    mkdirSync(dirname(kept), { recursive: true });
    copyFileSync(built, `${kept}.${process.pid}`);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch (error) {
    say(`The compiled sqlite3 is not kept for other clones: ${error instanceof Error ? error.message : error}`);
  }
}
