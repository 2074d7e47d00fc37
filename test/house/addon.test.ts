import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { House } from './house.ts';

const oneLine = /^syncline: [^\n]+\n$/;
/** Stands for sqlite3: it opens databases when its addon says "good". */
const sqlite3 = {
  'index.js': `const text = require('node:fs').readFileSync(__dirname + '/build/Release/node_sqlite3.node', 'utf8');
    if (text !== 'good') throw new Error('not an addon');
    exports.Database = class { constructor(path, done) { setImmediate(done, null); } };`,
};
/** Stands for the compiler: what it builds is in COMPILED, and it says which tools and headers it was given. */
const nodeGyp = {
  'bin/node-gyp.js': `const fs = require('node:fs');
    if (!process.env.COMPILED) { console.log('g++: internal error'); process.exit(1); }
    fs.mkdirSync('build/Release', { recursive: true });
    fs.writeFileSync('build/Release/node_sqlite3.node', process.env.COMPILED);`,
};

let template: House;
let houses: House[] = [];
beforeAll(async () => {
  template = new House();
  await template.addPackage('sqlite3', sqlite3);
  await template.addPackage('node-gyp', nodeGyp);
});
afterAll(() => template.remove());
afterEach(() => {
  for (const house of houses) house.remove();
  houses = [];
});

function buildHouse({ tools = [] as string[], cache }: { tools?: string[]; cache?: string } = {}): House {
  const house = new House({ cache });
  for (const name of readdirSync(template.folder).filter((file) => /^package.*\.json$|\.tgz$/.test(file))) {
    cpSync(join(template.folder, name), join(house.folder, name));
  }
  for (const name of tools) house.addProgram(name, 'exit 0');
  houses.push(house);
  return house;
}

const allTools = ['python3', 'make', 'g++'];
const root = { pretend: 'process.getuid = () => 0;' };
const notRoot = { pretend: 'process.getuid = () => 1000;' };
const good = { COMPILED: 'good' };

describe('the native addon', () => {
  it('is compiled, with the time it takes said beforehand', async () => {
    const { code, stdout } = await buildHouse({ tools: allTools }).run('scripts/start.mjs', [], { env: good });
    expect(stdout).toMatch(
      /Compiling sqlite3, which takes one to two minutes …\nCompiling sqlite3, .*: done in [\d.]+ s\ncli serve --demo\n$/,
    );
    expect(code).toBe(0);
  });

  it('is kept for the next clone, which needs no compiler then', async () => {
    const first = buildHouse({ tools: allTools });
    await first.run('scripts/start.mjs', [], { env: good });
    const { code, stdout } = await buildHouse({ cache: first.cache }).run('scripts/start.mjs');
    expect(stdout).not.toMatch(/Compiling/);
    expect(code).toBe(0);
  });

  it('is compiled again when the copy that was kept is damaged, and the copy is mended', async () => {
    const first = buildHouse({ tools: allTools });
    await first.run('scripts/start.mjs', [], { env: good });
    const [name = ''] = readdirSync(join(first.cache, 'syncline'));
    const kept = join(first.cache, 'syncline', name);
    writeFileSync(kept, 'goo');
    const { code, stdout } = await buildHouse({ tools: allTools, cache: first.cache }).run('scripts/start.mjs', [], {
      env: good,
    });
    expect(stdout).toMatch(/Compiling/);
    expect(code).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('good');
  });

  it('is used all the same where no copy can be kept', async () => {
    const house = buildHouse({ tools: allTools });
    house.write('.cache', 'a file where the folder should be');
    const { code, stdout } = await house.run('scripts/start.mjs', [], { env: good });
    expect(stdout).toMatch(/The compiled sqlite3 is not kept for other clones: /);
    expect(code).toBe(0);
  });

  it('shows what the compiler said when it fails', async () => {
    const { code, stderr } = await buildHouse({ tools: allTools }).run('scripts/start.mjs');
    expect(stderr).toBe(
      "g++: internal error\nsyncline: sqlite3 could not be compiled (g++: internal error): the compiler's messages are above.\n",
    );
    expect(code).toBe(1);
  });
});

describe('without a compiler', () => {
  it('and without apt, one line says what to install', async () => {
    const { code, stderr } = await buildHouse({ tools: ['make'] }).run('scripts/start.mjs', [], root);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toBe(
      'syncline: Compiling sqlite3 needs python3 and g++: install it with the package manager of this system, then run the command again.\n',
    );
    expect(code).toBe(1);
  });

  it('on a Mac, one line says how to get it', async () => {
    const pretend = "Object.defineProperty(process, 'platform', { value: 'darwin' });";
    const { stderr } = await buildHouse({ tools: ['python3'] }).run('scripts/start.mjs', [], { pretend });
    expect(stderr).toBe(
      'syncline: Compiling sqlite3 needs make and g++: run "xcode-select --install", then run the command again.\n',
    );
  });

  it('and not as root, one line says what to run', async () => {
    const { code, stderr } = await buildHouse({ tools: ['apt-get'] }).run('scripts/start.mjs', [], notRoot);
    expect(stderr).toBe(
      'syncline: Compiling sqlite3 needs python3, make, and g++: run "sudo apt-get install python3 make g++", then run the command again.\n',
    );
    expect(code).toBe(1);
  });

  it('but as root with apt, it is installed unasked', async () => {
    const house = buildHouse({ tools: ['python3'] });
    const tool = (name: string) =>
      `echo '#!/bin/sh' > ${house.programs}/${name}; /bin/chmod 755 ${house.programs}/${name}`;
    house.addProgram(
      'apt-get',
      `echo "$@" >> ${house.folder}/apt.log; if [ "$1" = install ]; then ${tool('make')}; ${tool('g++')}; fi`,
    );
    const { code, stdout } = await house.run('scripts/start.mjs', [], { ...root, env: good });
    expect(readFileSync(join(house.folder, 'apt.log'), 'utf8')).toBe(
      'update\ninstall -y --no-install-recommends make g++\n',
    );
    expect(stdout).toMatch(/Compiling sqlite3 needs make and g\+\+: installing with apt-get …/);
    expect(code).toBe(0);
  });

  it('and with an apt that fails, one line says why', async () => {
    const house = buildHouse({ tools: ['python3', 'make'] });
    house.addProgram('apt-get', 'echo "E: Unable to locate package g++"; exit 100');
    const { code, stderr } = await house.run('scripts/start.mjs', [], root);
    expect(stderr).toBe(
      'syncline: Compiling sqlite3 needs g++, and apt-get could not install it (E: Unable to locate package g++): install it by hand, then run the command again.\n',
    );
    expect(code).toBe(1);
  });
});
