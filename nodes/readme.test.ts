/** "Add a node in ten minutes", done: the files of nodes/README.md are written down, and the engine runs the new node. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = dirname(import.meta.dirname);
const text = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');

/** Every file of the section: its path stands in the line before its text. */
function filesOf(section: string): Map<string, string> {
  const found = section.matchAll(/`(nodes\/[\w/.-]+)`:\n\n```\w+\n([\s\S]*?)```/g);
  return new Map([...found].map(([, path = '', source = '']) => [path, source]));
}
const files = filesOf(text.slice(text.indexOf('## Add a node'), text.indexOf('## The rules')));

/** A copy of the repository that has the new node; what it does not change is linked. */
let copy = '';
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'syncline-readme-'));
  for (const name of ['contract', 'sandbox', 'server', 'demo', 'scripts', 'connectors', 'test/harness', 'nodes'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  for (const name of ['package.json', 'tsconfig.json', 'vitest.config.ts', 'biome.json'])
    await cp(join(root, name), join(copy, name));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [path, source] of files) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), source);
  }
});
afterAll(() => rm(copy, { recursive: true }));

const run = promisify(execFile);
const vitest = (...words: string[]) =>
  run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', copy, ...words], { cwd: copy });

describe('the node of the README', () => {
  it('is complete: a definition, a run, an example and a test', () => {
    const names = [...files.keys()].map((path) => path.replace('nodes/first-rows/', ''));
    expect(names).toEqual(['definition.ts', 'run.ts', 'example.json', 'first-rows.test.ts']);
  });

  it('has types that fit, and no flaw that the linter knows', async () => {
    const tsconfig = {
      extends: './tsconfig.json',
      include: ['nodes/first-rows/definition.ts', 'nodes/first-rows/run.ts'],
    };
    await writeFile(join(copy, 'tsconfig.node.json'), JSON.stringify(tsconfig));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '--noEmit', '-p', 'tsconfig.node.json'], { cwd: copy });
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const { stderr } = await run(
      process.execPath,
      [biome, 'check', '--vcs-enabled=false', '--error-on-warnings', 'nodes/first-rows'],
      {
        cwd: copy,
      },
    );
    expect(stderr).toContain('Checked 4 files');
  });

  it('passes its own test and the suites that hold for every node', async () => {
    const { stdout } = await vitest(
      'nodes/first-rows',
      'nodes/nodes.test.ts',
      'nodes/running.test.ts',
      '-t',
      'first-rows|as many rows',
    );
    expect(stdout).toMatch(/Test Files\s+.*3 passed/);
  });
});
