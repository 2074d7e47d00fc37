import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readReadme, renewReadme } from './sections.ts';

const root = new URL('../../', import.meta.url);
const text = readReadme();
const scripts = (JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

describe('the README', () => {
  it('has the tables of settings and errors that the code has (npm run docs writes them)', () => {
    expect(text).toBe(renewReadme(text));
  });

  it('names only scripts that exist, and all that exist', () => {
    const named = [...text.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'brings');
    const builtIn = ['install', 'ci'];
    expect(named.filter((name) => !(name in scripts) && !builtIn.includes(name))).toEqual([]);
    expect(Object.keys(scripts).filter((name) => !named.includes(name))).toEqual([]);
  });

  it('names only files and folders that exist', () => {
    const paths = [...text.matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, path = '']) => path)
      .filter((path) => !path.includes('://'));
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(1);
  });

  it('names only commands of syncline that its help knows', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL('cli/main.ts', root)),
      '--help',
    ]);
    const named = [...text.matchAll(/syncline (serve|[a-z]+)\b/g)].map(([, name = '']) => name);
    const known = [...stdout.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(named).toEqual(expect.arrayContaining(['serve', 'run', 'validate', 'records']));
  });
});
