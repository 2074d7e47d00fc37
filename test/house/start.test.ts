import { once } from 'node:events';
import { readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { House } from './house.ts';

let house: House;
beforeEach(() => {
  house = new House();
});
afterEach(() => house.remove());

const oneLine = /^syncline: [^\n]+\n$/;

describe('npm start', () => {
  it('installs, then serves the demo with the arguments it was given', async () => {
    const { code, stdout } = await house.run('scripts/start.mjs', ['--port', '4000', '--data', './data']);
    expect(stdout).toMatch(
      /^Installing packages …\nInstalling packages: done in [\d.]+ s\ncli serve --demo --port 4000 --data \.\/data\n$/,
    );
    expect(code).toBe(0);
  });

  it('installs nothing the second time, and needs no npm then', async () => {
    await house.run('scripts/start.mjs');
    unlinkSync(join(house.programs, 'npm'));
    expect(await house.run('scripts/start.mjs')).toEqual({ code: 0, stdout: 'cli serve --demo\n', stderr: '' });
  });

  it('installs again when the lock file has changed', async () => {
    await house.run('scripts/start.mjs');
    await house.addPackage('added', { 'index.js': '' });
    expect((await house.run('scripts/start.mjs')).stdout).toMatch(/Installing packages/);
  });

  it('keeps what npm install has brought by hand', async () => {
    await house.addPackage('added', { 'index.js': '' });
    await house.npm('install', '--ignore-scripts');
    expect((await house.run('scripts/start.mjs')).stdout).toBe('cli serve --demo\n');
  });

  it('hands on the exit code and the words of the program, such as those of a port that is taken', async () => {
    house.write('cli/main.ts', "process.stderr.write('Port 4000 is taken.\\n'); process.exitCode = 7;");
    expect(await house.run('scripts/start.mjs')).toMatchObject({ code: 7, stderr: 'Port 4000 is taken.\n' });
  });

  it('says in one line that the registry cannot be reached', async () => {
    house.write(
      'package.json',
      JSON.stringify({ name: 'house', version: '1.0.0', dependencies: { nowhere: '1.0.0' } }),
    );
    const packages = {
      '': { name: 'house', version: '1.0.0', dependencies: { nowhere: '1.0.0' } },
      'node_modules/nowhere': { version: '1.0.0' },
    };
    house.write(
      'package-lock.json',
      JSON.stringify({ name: 'house', version: '1.0.0', lockfileVersion: 3, requires: true, packages }),
    );
    const env = { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0' };
    const { code, stderr } = await house.run('scripts/start.mjs', [], { env });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toMatch(/npm cannot reach its package registry \(ECONNREFUSED\): check the network and the proxy/);
    expect(code).toBe(1);
  });

  it('says in one line what else npm complained of', async () => {
    await house.addPackage('added', { 'index.js': '' });
    const lock = readFileSync(join(house.folder, 'package-lock.json'), 'utf8');
    house.write('package-lock.json', lock.replace(/sha512-[^"]+/, `sha512-${'A'.repeat(86)}==`));
    const { stderr } = await house.run('scripts/start.mjs');
    expect(stderr).toMatch(oneLine);
    expect(stderr).toMatch(/npm ci failed \(EINTEGRITY\): .+ Run "npm ci" to see the whole message/);
  });

  // Not even root can make a file in sysfs, so it stands for a disk that is mounted read-only.
  it.runIf(process.platform === 'linux')('says in one line that its folder cannot be written', async () => {
    symlinkSync('/sys/kernel', join(house.folder, 'node_modules'));
    const { code, stdout, stderr } = await house.run('scripts/start.mjs');
    expect(stderr).toMatch(oneLine);
    expect(stderr).toMatch(
      /node_modules cannot be written \((EACCES|EPERM|EROFS)\).*make the folder writable or clone to another place/,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('says in one line how to get a newer Node where npm brings none', async () => {
    const pretend =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } }); Object.defineProperty(process, 'platform', { value: 'darwin' });";
    const { code, stderr } = await house.run('scripts/start.mjs', [], { pretend });
    expect(stderr).toBe(
      'syncline: Syncline needs Node 24 or newer, and this is 20.20.2: install it with "brew install node@24" or from nodejs.org, then run the command again.\n',
    );
    expect(code).toBe(1);
  });
});

describe('bin/syncline.mjs', () => {
  it('runs the command line with its arguments, and installs nothing', async () => {
    expect(await house.run('bin/syncline.mjs', ['validate', 'a file.json'])).toEqual({
      code: 0,
      stdout: 'cli validate a file.json\n',
      stderr: '',
    });
  });

  it('says in one line what to do before the first start', async () => {
    const pretend =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } }); Object.defineProperty(process, 'arch', { value: 'x64' }); Object.defineProperty(process, 'platform', { value: 'linux' });";
    const { stderr } = await house.run('bin/syncline.mjs', [], { pretend });
    expect(stderr).toBe(
      'syncline: Syncline needs Node 24 or newer, and this is 20.20.2: run "npm start" or "npm ci" in its folder, either installs it into node_modules.\n',
    );
  });

  it('takes the Node of its own package, whatever .bin/node is', async () => {
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    house.write(`node_modules/${name}/package.json`, JSON.stringify({ bin: { node: 'bin/node' } }));
    house.write(`node_modules/${name}/bin/node`, '#!/bin/sh\necho "our node $2 $UV_THREADPOOL_SIZE"', 0o755);
    house.write('node_modules/.bin/node', '#!/bin/sh\necho wrong', 0o755);
    expect((await house.run('bin/syncline.mjs', ['serve'])).stdout).toBe('our node serve 16\n');
  });

  it('says in one line that the Node it has cannot start here', async () => {
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    house.write(`node_modules/${name}/package.json`, JSON.stringify({ bin: { node: 'bin/node' } }));
    const { code, stderr } = await house.run('bin/syncline.mjs');
    expect(stderr).toMatch(oneLine);
    expect(stderr).toMatch(/cannot be started here .*: install Node 24 and run the command with it/);
    expect(code).toBe(1);
  });

  const waits = "process.stdout.write('ready\\n'); setInterval(() => {}, 1000);";

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'hands %s on, and lets the program end in its own way',
    async (signal) => {
      house.write(
        'cli/main.ts',
        `process.on('${signal}', () => { process.stdout.write('bye\\n'); process.exit(5); }); ${waits}`,
      );
      const { child, ended } = house.start('bin/syncline.mjs');
      await once(child.stdout, 'data');
      child.kill(signal);
      expect(await ended).toEqual({ code: 5, stdout: 'ready\nbye\n', stderr: '' });
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends by %s with exit code %i', async (signal, expected) => {
    house.write('cli/main.ts', waits);
    const { child, ended } = house.start('bin/syncline.mjs');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await ended).code).toBe(expected);
  });
});

describe('bin/node.mjs', () => {
  it('runs a TypeScript file on the right Node', async () => {
    house.write('task.ts', "const sum: number = 1 + 1; process.stdout.write([sum, process.argv[2]].join(' '));");
    expect(await house.run('bin/node.mjs', ['task.ts', 'x'])).toEqual({ code: 0, stdout: '2 x', stderr: '' });
  });
});
