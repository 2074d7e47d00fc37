import { once } from 'node:events';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/runSuite.mjs';
import { findTestFiles, longestFirst, suites } from '../../scripts/suites.mjs';
import { House } from './house.ts';

let house: House;
beforeEach(() => {
  house = new House();
});
afterEach(() => house.remove());

/** Stands for Vitest: each file passes one test, unless its text is the report to give for it, or `crash`. */
const vitest = `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const files = process.argv.filter((word) => word.endsWith('.test.ts'));
const reportPath = process.argv.find((word) => word.startsWith('--outputFile.json=')).split('=')[1];
const texts = files.map((file) => readFileSync(file, 'utf8'));
appendFileSync('ran.log', files.map((file) => file.slice(process.cwd().length + 1)).join(' ') + '\\n');
if (texts.includes('wait')) { process.stdout.write('waiting\\n'); await new Promise((resolve) => setTimeout(resolve, 60_000)); }
if (texts.includes('crash')) process.exit(134);
const failed = texts.filter((text) => text === 'fail').length;
writeFileSync(reportPath, JSON.stringify({ numPassedTests: files.length - failed, numFailedTests: failed, numPendingTests: 0, numTodoTests: 0,
  testResults: files.map((name, index) => ({ name, status: texts[index] === 'fail' ? 'failed' : 'passed', assertionResults: [{ status: texts[index] === 'fail' ? 'failed' : 'passed' }] })) }));
process.exit(failed > 0 ? 1 : 0);`;

/** A house with every tool of the test command, which all find nothing wrong. */
async function furnish(files: Record<string, string> = {}): Promise<void> {
  await house.run('scripts/start.mjs');
  house.write('node_modules/typescript/bin/tsc', '');
  house.write('node_modules/@biomejs/biome/bin/biome', '');
  house.write('node_modules/vitest/vitest.mjs', vitest);
  for (const program of ['initdb', 'mariadb-install-db', 'my_print_defaults', 'mariadbd'])
    house.addProgram(program, '');
  const all = {
    'test/architecture.test.ts': '',
    'nodes/one/one.test.ts': '',
    'nodes/two/two.test.ts': '',
    'test/flows/flow.test.ts': '',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) house.write(path, text);
}
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1);
const ran = () => readFileSync(join(house.folder, 'ran.log'), 'utf8').trim().split('\n');
/** One folder is one suite, so that the names in these tests do not depend on the table. */
const words = ['types', 'lint', 'architecture', 'unit', 'flows'];

describe('npm test', () => {
  it('names no test file that is gone', () => {
    const files = findTestFiles();
    const named = [...suites.flatMap(({ again = [] }) => again), ...longestFirst];
    expect(named.filter((file) => !files.includes(file))).toEqual([]);
  });

  it('runs the suites, prints the time of each, and ends with the sum alone on its line', async () => {
    await furnish();
    const { code, stdout } = await house.run('scripts/test.mjs', words);
    for (const name of words) expect(stdout).toMatch(new RegExp(`^${name} +[\\d.]+ s   \\d passed$`, 'm'));
    expect(lastLine(stdout)).toBe('6 passed, 0 failed');
    expect(stdout.match(/^\d+ passed, \d+ failed$/gm)).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('goes on after a failure, counts it, and ends with exit code 1', async () => {
    await furnish({ 'nodes/two/two.test.ts': 'fail' });
    house.write(
      'node_modules/typescript/bin/tsc',
      "process.stdout.write('a.ts(1,1): error\\n'); process.exitCode = 2;",
    );
    const { code, stdout } = await house.run('scripts/test.mjs', words);
    expect(stdout).toMatch(/a\.ts\(1,1\): error/);
    expect(stdout).toMatch(/^unit +[\d.]+ s {3}FAILED {2}1 passed, 1 failed$/m);
    expect(lastLine(stdout)).toBe('4 passed, 2 failed');
    expect(code).toBe(1);
  });

  it('counts a suite that crashed as a failure', async () => {
    await furnish({ 'nodes/one/one.test.ts': 'crash' });
    const { code, stdout } = await house.run('scripts/test.mjs', ['unit']);
    expect(lastLine(stdout)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('counts a suite without files as a failure', async () => {
    await house.run('scripts/start.mjs');
    const { code, stdout } = await house.run('scripts/test.mjs', ['flows']);
    expect(stdout).toMatch(/The suite "flows" has no test files\./);
    expect(lastLine(stdout)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('runs only what is named: a suite, a part of a path, or a path in a suite', async () => {
    await furnish();
    await house.run('scripts/test.mjs', ['unit']);
    await house.run('scripts/test.mjs', ['nodes/one']);
    await house.run('scripts/test.mjs', ['unit', './nodes/two']);
    expect(ran()).toEqual([
      'nodes/one/one.test.ts nodes/two/two.test.ts',
      'nodes/one/one.test.ts',
      'nodes/two/two.test.ts',
    ]);
  });

  it('ends with a failure when the packages cannot be installed', async () => {
    await house.addPackage('added', { 'index.js': '' });
    unlinkSync(join(house.folder, 'added-1.0.0.tgz'));
    const { code, stdout, stderr } = await house.run('scripts/test.mjs', [], {
      env: { npm_config_cache: join(house.folder, '.none') },
    });
    expect(stderr).toMatch(/^syncline: npm ci failed \(ENOENT\): [^\n]+\n$/);
    expect(lastLine(stdout)).toBe('0 passed, 1 failed');
    expect(code).toBe(1);
  });

  it('says in one line that a name fits nothing', async () => {
    const { code, stderr } = await house.run('scripts/test.mjs', ['nonsense']);
    expect(stderr).toMatch(
      /^syncline: no suite and no test file is named nonsense: the suites are types, lint, [^\n]+\.\n$/,
    );
    expect(code).toBe(1);
  });

  it('is stopped together with the suite that is running, and starts no other', async () => {
    await furnish({ 'nodes/one/one.test.ts': 'wait' });
    const { child, ended } = house.start('scripts/test.mjs', ['unit', 'flows']);
    while (!String(await once(child.stdout, 'data')).includes('waiting'));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
    expect(ran()).toHaveLength(1);
  });
});

describe('counting tests', () => {
  const passed = { name: 'a', status: 'passed', assertionResults: [{ status: 'passed' }] };
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [passed] };

  it('takes what Vitest counted, with what was skipped', () => {
    expect(countTests({ ...report, numPendingTests: 1, numTodoTests: 1 }, 1, 0)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
    });
  });
  it('adds a file that could not be loaded', () => {
    const broken = { name: 'b', status: 'failed', assertionResults: [] };
    expect(countTests({ ...report, testResults: [passed, broken] }, 2, 1).failed).toBe(1);
  });
  it('adds a file that has no result', () => {
    expect(countTests(report, 2, 0).failed).toBe(1);
  });
  it('adds an error outside of all tests', () => {
    expect(countTests(report, 1, 1).failed).toBe(1);
  });
  it('adds one when no test ran at all', () => {
    expect(countTests({ ...report, numPassedTests: 0 }, 1, 0).failed).toBe(1);
  });
});

describe('the editor', () => {
  const vite = `import { appendFileSync, mkdirSync } from 'node:fs';
    if (process.env.BROKEN) { process.stdout.write('[vite] error in main.tsx\\n'); process.exit(1); }
    mkdirSync('dist/editor', { recursive: true });
    appendFileSync('built.log', 'built ');`;

  beforeEach(async () => {
    await house.run('scripts/start.mjs');
    house.write('node_modules/vite/bin/vite.js', vite);
    for (const path of [
      'editor/index.html',
      'vite.config.ts',
      'tsconfig.json',
      'nodes/one/Panel.tsx',
      'nodes/one/one.test.ts',
    ])
      house.write(path, '');
  });

  it('is built before the start, and again only when a source of it has changed', async () => {
    const built = () => readFileSync(join(house.folder, 'built.log'), 'utf8').trim().split(' ').length;
    expect((await house.run('scripts/start.mjs')).stdout).toMatch(
      /^Building the editor …\nBuilding the editor: done in [\d.]+ s\ncli serve --demo\n$/,
    );
    house.write('nodes/one/one.test.ts', 'a test is no source of it');
    await house.run('scripts/start.mjs');
    expect(built()).toBe(1);
    house.write('nodes/one/Panel.tsx', 'changed');
    await house.run('scripts/start.mjs');
    expect(built()).toBe(2);
  });

  it('that cannot be built stops the start, with what was wrong', async () => {
    const { code, stderr } = await house.run('scripts/start.mjs', [], { env: { BROKEN: 'yes' } });
    expect(stderr).toBe(
      "[vite] error in main.tsx\nsyncline: the editor could not be built: Vite's messages are above.\n",
    );
    expect(code).toBe(1);
    expect(existsSync(join(house.folder, 'dist'))).toBe(false);
  });
});

describe('the files of the tests', () => {
  it('lie where TMPDIR says, else in a folder that is gone afterwards', async () => {
    await furnish();
    const say = "process.stdout.write('TMPDIR ' + process.env.TMPDIR + '\\n');";
    house.write('node_modules/vitest/vitest.mjs', say + vitest);
    const given = await house.run('scripts/test.mjs', ['unit'], { env: { TMPDIR: house.folder } });
    expect(given.stdout).toContain(`TMPDIR ${house.folder}\n`);
    const { stdout } = await house.run('scripts/test.mjs', ['unit']);
    expect(existsSync(/^TMPDIR (.*)$/m.exec(stdout)?.[1] ?? '.')).toBe(false);
  });
});

describe('the PostgreSQL of the tests', () => {
  it('is where chosen files of other suites run a second time', async () => {
    await furnish({ 'server/db/db.test.ts': '', 'server/other.test.ts': '' });
    house.write(
      'node_modules/vitest/vitest.mjs',
      `process.stdout.write(process.env.SYNCLINE_TEST_DATABASE + '\\n');${vitest}`,
    );
    const { stdout } = await house.run('scripts/test.mjs', ['server/']);
    expect(ran()).toEqual(['server/db/db.test.ts server/other.test.ts', 'server/db/db.test.ts']);
    expect(stdout.match(/^(undefined|postgres)$/gm)).toEqual(['undefined', 'postgres']);
  });

  it('is what POSTGRES_BIN says, and is missed in one line when that is wrong', async () => {
    await furnish();
    const missing = await house.run('scripts/test.mjs', ['unit'], { env: { POSTGRES_BIN: '/nowhere' } });
    expect(missing.stdout).toContain('POSTGRES_BIN says /nowhere, which has no initdb: correct it or unset it.\n');
    expect(missing.code).toBe(1);
    const found = await house.run('scripts/test.mjs', ['unit'], { env: { POSTGRES_BIN: house.programs } });
    expect(found.code).toBe(0);
  });
});

describe('the browser of the tests', () => {
  const ask = (pretend = '', env = {}) => {
    house.write(
      'ask.mjs',
      "import { runMain } from './scripts/problem.mjs'; import { ensureChromium } from './scripts/chromium.mjs'; await runMain(async () => { process.stdout.write(await ensureChromium()); return 0; });",
    );
    return house.run('ask.mjs', [], { pretend, env });
  };

  it.each(['chromium', 'chromium-browser', 'google-chrome'])('is %s of the PATH', async (name) => {
    house.addProgram(name, '');
    expect((await ask()).stdout).toBe(join(house.programs, name));
  });

  it('is what CHROMIUM_PATH says', async () => {
    house.addProgram('mine', '');
    expect((await ask('', { CHROMIUM_PATH: join(house.programs, 'mine') })).stdout).toBe(join(house.programs, 'mine'));
  });

  it('is missed in one line when CHROMIUM_PATH is wrong', async () => {
    expect((await ask('', { CHROMIUM_PATH: '/nowhere' })).stderr).toBe(
      'syncline: CHROMIUM_PATH says /nowhere, which is not a program: correct it or unset it.\n',
    );
  });

  it('is missed in one line where it cannot be installed unasked', async () => {
    expect((await ask()).stderr).toBe(
      'syncline: Running the browser tests needs chromium: install Chromium or Chrome, or set CHROMIUM_PATH to its program, then run the command again.\n',
    );
    house.addProgram('apt-get', 'exit 1');
    expect((await ask('process.getuid = () => 1000;')).stderr).toBe(
      'syncline: Running the browser tests needs chromium: run "sudo apt-get install chromium", then run the command again.\n',
    );
  });

  it('is installed as root with apt', async () => {
    house.addProgram(
      'apt-get',
      `[ "$1" = install ] && echo '#!/bin/sh' > ${house.programs}/chromium && /bin/chmod 755 ${house.programs}/chromium; exit 0`,
    );
    expect((await ask('process.getuid = () => 0;')).stdout).toMatch(/chromium$/);
  });
});
