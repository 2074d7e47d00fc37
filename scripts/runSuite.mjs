import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode, nodeEnvironment, root } from './node.mjs';
import { suiteMinutes } from './suites.mjs';

/** Tests start the program many hundred times: what was compiled once is read from here. */
const compiled = join(root, 'node_modules', '.cache', 'compiled');

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */
/** @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} FileResult */
/** @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: FileResult[] }} VitestReport */

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {string[]} files the test files to run, for a suite of tests
 * @returns {Promise<Count>}
 */
export async function runSuite(suite, files) {
  if (suite.program) {
    const code = await runProgram(suite.program);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  }
  if (files.length === 0) {
    process.stdout.write(`The suite "${suite.name}" has no test files.\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return runTests(files, suite.env);
}

/**
 * @param {string[]} files
 * @param {Record<string, string>} [env]
 * @returns {Promise<Count>}
 */
async function runTests(files, env) {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-test-'));
  const reportPath = join(folder, 'report.json');
  try {
    const paths = files.map((file) => join(root, file));
    const program = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'];
    const code = await runProgram([...program, `--outputFile.json=${reportPath}`, ...paths], env);
    if (!existsSync(reportPath)) return { passed: 0, failed: 1, skipped: 0 };
    return countTests(JSON.parse(readFileSync(reportPath, 'utf8')), files.length, code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A file that could not be loaded has no tests to count, an error outside of a test belongs to none,
 * and a worker that died leaves a file without a result: each counts as a failure of its own.
 *
 * @param {VitestReport} report
 * @param {number} fileCount how many files should have run
 * @param {number} code Vitest's exit code
 * @returns {Count}
 */
export function countTests(report, fileCount, code) {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const missing = Math.max(0, fileCount - report.testResults.length);
  const failed = report.numFailedTests + broken + missing;
  const unexplained = code !== 0 || report.numPassedTests === 0 ? 1 : 0;
  return {
    passed: report.numPassedTests,
    failed: failed || unexplained,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * @param {string[]} program and its arguments, under the right Node
 * @param {Record<string, string>} [env] beside that of this process
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
function runProgram([program = '', ...args], env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(findNode(), [join(root, program), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { NODE_COMPILE_CACHE: compiled, ...nodeEnvironment(), ...env },
    });
    const timer = setTimeout(() => stopLate(child), suiteMinutes * 60_000);
    const stopWatching = endTogether(child);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      stopWatching();
      resolve(code ?? 1);
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function stopLate(child) {
  process.stdout.write(`Stopped after ${suiteMinutes} minutes.\n`);
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 5000).unref();
}

/**
 * Who stops the tests stops the suite that is running and those that would follow.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function endTogether(child) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.once('exit', () => process.exit(128 + constants.signals[signal]));
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.once(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
