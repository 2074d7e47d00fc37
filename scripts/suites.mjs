import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './node.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} [program] a program that is one test by itself: it passes when it exits with 0
 * @property {string[]} [tests] where its test files lie. A file belongs to the suite with the longest match, so none is left out
 * @property {string[]} [again] test files of other suites that it runs a second time, in another environment
 * @property {Record<string, string>} [env] that environment
 * @property {('editor' | 'chromium' | 'postgres' | 'mariadb' | 'sshd' | 'radosgw')[]} [needs] the built editor, a browser, the programs of a database or of a file server
 */

/** What the engine promises on every database. */
const engineTests = [
  'alarms',
  'batches',
  'connections',
  'control',
  'effects',
  'exportMarks',
  'exportRequeue',
  'exportRetention',
  'exportUndo',
  'exports',
  'flow',
  'goOn',
  'keeping',
  'lease',
  'partial',
  'pause',
  'policies',
  'report',
  'rows',
  'schedules',
  'simulation',
  'variables',
  'waits',
];

/** The files of a suite share one server. */
const sharedPostgres = { SYNCLINE_TEST_POSTGRES: 'shared' };

/** @type {Suite[]} what `npm test` runs, in this order */
export const suites = [
  { name: 'types', program: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint', program: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'] },
  { name: 'architecture', tests: ['test/architecture'] },
  { name: 'house', tests: ['test/house/'] },
  { name: 'unit', tests: [''], env: sharedPostgres, needs: ['postgres', 'mariadb'] },
  {
    name: 'files',
    tests: [
      'connectors/sftp/',
      'connectors/s3/',
      'test/flows/dataExtensionBy',
      'test/cli/audienceByFiles',
      'test/exportCrash/',
    ],
    env: sharedPostgres,
    needs: ['postgres', 'sshd', 'radosgw'],
  },
  { name: 'flows', tests: ['test/'], env: sharedPostgres, needs: ['postgres'] },
  {
    name: 'postgres',
    again: [
      'server/db/db.test.ts',
      'server/options/options.test.ts',
      'server/access/access.test.ts',
      'server/connections/connections.test.ts',
      'server/workflows/workflows.test.ts',
      'nodes/running.test.ts',
      'nodes/change-detection/change-detection.test.ts',
      'nodes/replicate/replicate.test.ts',
      'nodes/update-data/update-data.test.ts',
      ...engineTests.map((name) => `test/engine/${name}.test.ts`),
      'test/model/model.test.ts',
    ],
    env: { ...sharedPostgres, SYNCLINE_TEST_DATABASE: 'postgres', MODEL_CASES: '40' },
    needs: ['postgres'],
  },
  { name: 'e2e', tests: ['test/e2e/'], needs: ['editor', 'chromium'] },
  { name: 'crash', program: ['test/crash/main.ts', '--cases', '10'] },
];

/**
 * What takes longest, in that order. Each suite begins with those of its files: one that came last would be worked on alone,
 * and by its length in letters nobody sees how long it takes.
 */
export const longestFirst = [
  'test/exportCrash/exportCrash.test.ts',
  'nodes/running.test.ts',
  'test/cli/samples.test.ts',
  'test/serves/serves.test.ts',
  'test/cli/run.test.ts',
  'test/cli/serve.test.ts',
  'test/e2e/contacts.test.ts',
  'test/e2e/pages.test.ts',
  'nodes/replicate/replicate.test.ts',
  'test/replica/replica.test.ts',
  'test/flows/consents.test.ts',
  'test/tables/select.test.ts',
  'test/e2e/exportPlan.test.ts',
  'test/e2e/panels.test.ts',
  'connectors/marketing-cloud/marketing-cloud.test.ts',
  'nodes/update-data/update-data.test.ts',
  'nodes/data-extension/data-extension.test.ts',
  'test/engine/schedules.test.ts',
  'test/engine/variables.test.ts',
  'connectors/salesforce/bulk/faults.test.ts',
  'test/engine/crash.test.ts',
  'test/model/model.test.ts',
  'test/planApply/planApply.test.ts',
  'sandbox/exhaustion.test.ts',
  'nodes/readme.test.ts',
];

/** A suite that takes longer is stopped and counts as failed: a hanging test must not hold up the machine. */
export const suiteMinutes = 15;

const skippedFolders = new Set(['node_modules', 'dist', 'data', 'coverage']);

/**
 * @param {string} [folder] relative to the root, with a slash at its end
 * @returns {string[]} every test file, relative to the root, with forward slashes
 */
export function findTestFiles(folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory())
      return entry.name.startsWith('.') || skippedFolders.has(entry.name) ? [] : findTestFiles(`${path}/`);
    return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/**
 * @param {string} file
 * @returns {Suite} the one that runs it
 */
export function suiteOf(file) {
  /** @param {Suite} suite */
  const matchLength = (suite) =>
    Math.max(-1, ...(suite.tests ?? []).filter((start) => file.startsWith(start)).map((start) => start.length));
  return suites.reduce((best, suite) => (matchLength(suite) > matchLength(best) ? suite : best));
}

/**
 * @param {string[]} words from the command line: names of suites, or parts of test files' paths
 * @returns {{ suite: Suite, files: string[] }[]} what to run; with no word, everything
 */
export function chooseSuites(words) {
  const names = words.filter((word) => suites.some((suite) => suite.name === word));
  const paths = words
    .filter((word) => !names.includes(word))
    .map((word) => word.replaceAll(sep, '/').replace(/^\.\//, ''));
  const files = findTestFiles().filter((file) => paths.length === 0 || paths.some((path) => file.includes(path)));
  const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));
  return chosen
    .map((suite) => ({ suite, files: files.filter((file) => suite.again?.includes(file) ?? suiteOf(file) === suite) }))
    .filter(
      ({ suite, files: found }) =>
        paths.length === 0 || (suite.program ? names.includes(suite.name) : found.length > 0),
    );
}
