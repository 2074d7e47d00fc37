import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { findNode, root } from './node.mjs';
import { Problem } from './problem.mjs';
import { sayWhile } from './report.mjs';

const sources = ['editor', 'nodes', 'contract', 'connectors'];
const files = ['package-lock.json', 'vite.config.ts', 'tsconfig.json'];
const stampPath = join(root, 'dist', 'editor', '.syncline-stamp');

/**
 * Builds the editor into dist/editor when a source of it has changed since.
 *
 * @throws {Problem} when the build fails; what Vite printed is on stderr
 */
export async function ensureEditor() {
  if (!existsSync(join(root, 'editor', 'index.html'))) return;
  const stamp = hashSources();
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { code, output } = await sayWhile('Building the editor', () =>
    runCommand(findNode(), [vite, 'build'], { cwd: root }),
  );
  if (code !== 0) {
    process.stderr.write(output);
    throw new Problem("the editor could not be built: Vite's messages are above.");
  }
  writeFileSync(stampPath, stamp);
}

function hashSources() {
  const hash = createHash('sha256');
  for (const path of [...files, ...sources.flatMap(listFiles)])
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** @param {string} folder */
function listFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
