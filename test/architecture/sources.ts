import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Top-level folders with code of ours; .dependency-cruiser.cjs has a rule for each. */
export const codeFolders = [
  'bin',
  'cli',
  'connectors',
  'contract',
  'demo',
  'editor',
  'nodes',
  'sandbox',
  'scripts',
  'server',
  'test',
] as const;

/** Paths of all files git knows, relative to the root. A deleted one is left out until its removal is committed. */
export function trackedFiles(): string[] {
  const run = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  const deleted = new Set(run('ls-files', '-z', '--deleted'));
  return run('ls-files', '-z').filter((path) => !deleted.has(path));
}

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs|cjs)$/.test(path) && !path.endsWith('.d.ts');
export const isTest = (path: string): boolean => path.startsWith('test/') || /\.test\.tsx?$/.test(path);
export const readSource = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The names that only their own folders may know: node types and connector kinds. */
export function pluginNames(): string[] {
  const folders = trackedFiles().map((path) => /^(?:nodes|connectors)\/([^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders)].filter((name) => name !== undefined && name !== 'kit') as string[];
}
