import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/command.mjs';

const root = join(import.meta.dirname, '../..');
const npm = realpathSync(findProgram('npm') ?? '');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A small house in a folder of its own: our bin/ and scripts/ beside a package.json and a cli/main.ts of the test's making. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'syncline-house-'));
  /** The only folder of the PATH; it begins with node and npm. */
  readonly programs = join(this.folder, '.programs');
  readonly cache: string;

  constructor({ cache }: { cache?: string } = {}) {
    this.cache = cache ?? join(this.folder, '.cache');
    cpSync(join(root, 'bin'), join(this.folder, 'bin'), { recursive: true });
    cpSync(join(root, 'scripts'), join(this.folder, 'scripts'), { recursive: true });
    mkdirSync(this.programs);
    symlinkSync(process.execPath, join(this.programs, 'node'));
    symlinkSync(npm, join(this.programs, 'npm'));
    this.write('package.json', JSON.stringify({ name: 'house', version: '1.0.0', private: true, type: 'module' }));
    this.write(
      'package-lock.json',
      JSON.stringify({ name: 'house', version: '1.0.0', lockfileVersion: 3, packages: { '': {} } }),
    );
    this.write('cli/main.ts', "process.stdout.write(['cli', ...process.argv.slice(2)].join(' ') + '\\n');");
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text, { mode });
  }

  addProgram(name: string, text: string): void {
    this.write(`.programs/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  }

  /** A package made from files; npm locks it by its bytes, like one of a registry. */
  async addPackage(name: string, files: Record<string, string>): Promise<void> {
    const source = `.packages/${name}`;
    this.write(`${source}/package.json`, JSON.stringify({ name, version: '1.0.0' }));
    for (const [path, text] of Object.entries(files)) this.write(`${source}/${path}`, text);
    await this.npm('pack', '--pack-destination', this.folder, join(this.folder, source));
    await this.npm('install', '--package-lock-only', '--ignore-scripts', join(this.folder, `${name}-1.0.0.tgz`));
  }

  async npm(...args: string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [npm, ...args], { cwd: this.folder, env: this.environment() });
  }

  environment(): NodeJS.ProcessEnv {
    return {
      PATH: this.programs,
      HOME: this.folder,
      XDG_CACHE_HOME: this.cache,
      npm_config_cache: join(this.folder, '.npm'),
    };
  }

  /** Starts a program of the house. `pretend` is JavaScript that runs before it, in the same process. */
  start(
    program: string,
    args: string[] = [],
    { pretend = '', env = {} }: { pretend?: string; env?: NodeJS.ProcessEnv } = {},
  ) {
    const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
    const child = spawn(process.execPath, ['--import', preload, join(this.folder, program), ...args], {
      cwd: this.folder,
      env: { ...this.environment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const outcome: Outcome = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      outcome.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      outcome.stderr += chunk;
    });
    const ended = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ ...outcome, code })));
    return { child, ended };
  }

  run(...args: Parameters<House['start']>): Promise<Outcome> {
    return this.start(...args).ended;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
