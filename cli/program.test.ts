import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Workflow, WorkflowNode } from '../contract/workflow.ts';
import { runProgram } from './program.ts';

const root = join(import.meta.dirname, '..');
const leads = join(root, 'demo/workflows/lead-scoring.json');
const contacts = join(root, 'demo/workflows/contacts-from-salesforce.json');

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-program-'));
  data = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true }));

const node = (id: string, type: string): WorkflowNode => ({ id, type, name: id, label: id, x: 0, y: 0, config: {} });
/** Writes a workflow of nodes in a row. */
async function file(name: string, ...nodes: WorkflowNode[]): Promise<string> {
  const workflow: Workflow = { formatVersion: 1, internalName: name, label: name, nodes, transitions: [] };
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(workflow));
  return path;
}

/** Runs a command line in this process. */
async function runCommand(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _encoding, written) {
        texts[name] += chunk;
        written();
      },
    });
  const code = await runProgram(args, { out: stream('out'), err: stream('err') });
  return { code, ...texts };
}

describe('a command line', () => {
  it.each([
    ['a file that is not there', 'nothing.json', 'FILE_UNREADABLE'],
    ['a file that is not JSON', join(root, 'README.md'), 'FILE_UNREADABLE'],
    ['a file that is no workflow', join(root, 'package.json'), 'WORKFLOW_INVALID'],
    ['a connection that does not exist', leads, 'WORKFLOW_INVALID'],
  ])('exits with 2 for %s', async (_what, path, errorCode) => {
    const { code: exit, out, err } = await runCommand('run', path, '--data', data, '--json');
    expect([exit, JSON.parse(out)]).toEqual([2, { error: expect.objectContaining({ code: errorCode }) }]);
    expect(err).toMatch(/^syncline: /);
  });

  it.each([
    [['run']],
    [['run', leads, '--nonsense']],
    [['records', 'last']],
    [['nonsense']],
    [['records', 'last', 'x.y', '--format', 'xml']],
  ])('exits with 2 and a hint for %j', async (args) => {
    const { code: exit, out, err } = await runCommand(...args);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: .*\n\(add --help/);
  });

  it('exits with 0 for help, which names no command that does not exist', async () => {
    const { code: exit, out } = await runCommand('--help');
    expect(exit).toBe(0);
    expect([...out.matchAll(/^ {2}(\w+)/gm)].map((match) => match[1])).toEqual([
      'serve',
      'worker',
      'run',
      'validate',
      'records',
      'backup',
      'restore',
      'migrate',
      'help',
    ]);
  });
});

describe('syncline records', () => {
  it.each([
    [['last', 'begin.success'], /The folder \S+ holds no instance/],
    [['last', 'begin'], /write NODE\.PORT/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code: exit, out, err } = await runCommand('records', ...args, '--data', data);
    expect([exit, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('syncline validate', () => {
  it('exits with 0 for files that can be run, and prints nothing else than that', async () => {
    const { code: exit, out } = await runCommand('validate', leads, contacts);
    expect([exit, out]).toEqual([0, `${leads}: can be run\n${contacts}: can be run\n`]);
  });

  it('exits with 2 when one of them cannot, and says what to mend in each', async () => {
    const broken = await file('broken', node('begin', 'no-such-type'), node('end', 'end'));
    const { code: exit, out } = await runCommand('validate', broken, 'nothing.json', leads);
    expect(exit).toBe(2);
    expect(out).toContain(`${broken}: error NODE_TYPE_UNKNOWN begin: There is no node type "no-such-type".`);
    expect(out).toContain(
      'nothing.json: error FILE_UNREADABLE: The file nothing.json cannot be read: it does not exist.',
    );
    expect(out).toContain(`${leads}: can be run`);
  });

  it('prints one JSON object per file when asked to', async () => {
    const { out } = await runCommand('validate', leads, 'nothing.json', '--json');
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(verdicts).toMatchObject([
      { file: leads, ok: true },
      { file: 'nothing.json', ok: false, issues: [{ code: 'FILE_UNREADABLE' }] },
    ]);
  });
});
