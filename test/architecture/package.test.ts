import { describe, expect, it } from 'vitest';
import { findTestFiles, suiteOf, suites } from '../../scripts/suites.mjs';
import { readSource, trackedFiles } from './sources.ts';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}
const manifest = JSON.parse(readSource('package.json'));
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(readSource('package-lock.json'));

describe('the package', () => {
  it('names every dependency by one exact version', () => {
    const ranges = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
      Object.entries<string>(manifest[group]),
    );
    expect(ranges.length).toBeGreaterThan(10);
    expect(ranges.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('is one package with one lock file', () => {
    const names = trackedFiles().map((path) => path.split('/').at(-1));
    expect(names.filter((name) => name === 'package.json')).toHaveLength(1);
    expect(names.filter((name) => name === 'package-lock.json')).toHaveLength(1);
    expect(names.filter((name) => name === 'yarn.lock' || name === 'pnpm-lock.yaml')).toEqual([]);
  });

  it('has a lock file with the packages of every platform, or npm ci refuses it: "npm run lock" completes it', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in lock.packages) && !(`${path}/node_modules/${name}` in lock.packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry in its lock file', () => {
    expect(readSource('package-lock.json')).not.toMatch(/"resolved": "http/);
  });

  it('is under the MIT licence', () => {
    expect(manifest.license).toBe('MIT');
    expect(readSource('LICENSE')).toMatch(/^MIT License\n/);
  });

  it('has a script for each program that package.json names', () => {
    const files = Object.values<string>(manifest.scripts).flatMap(
      (command) => command.match(/\b[\w./-]+\.(mjs|ts)\b/g) ?? [],
    );
    const tracked = trackedFiles();
    expect(files.filter((file) => !file.startsWith('node_modules/') && !tracked.includes(file))).toEqual([]);
  });
});

describe('the suites of npm test', () => {
  it('have each test file in exactly one of them', () => {
    const files = findTestFiles();
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !suiteOf(file).tests)).toEqual([]);
    expect(suiteOf('nodes/wait/wait.test.ts').name).toBe('unit');
    expect(suiteOf('test/architecture.test.ts').name).toBe('architecture');
    expect(suiteOf('test/flows/import.test.ts').name).toBe('flows');
  });

  it('all have something to run', () => {
    const files = findTestFiles();
    expect(suites.filter((suite) => suite.tests && !files.some((file) => suiteOf(file) === suite))).toEqual([]);
  });
});
