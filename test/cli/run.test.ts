import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunReport } from '../../cli/runSummary.ts';
import type { Workflow, WorkflowNode } from '../../contract/workflow.ts';
import { Command, runCommand } from '../harness/command.ts';

const root = join(import.meta.dirname, '../..');
const leads = join(root, 'demo/workflows/lead-scoring.json');
const small = ['--demo', '--demo-seed', '7', '--demo-contacts', '300'];

let folder: string;
let data: string;
const commands: Command[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-run-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  for (const command of commands.splice(0)) await command.stop('SIGKILL');
  await rm(folder, { recursive: true });
});
/** A command that goes on beside the test. */
function start(...args: string[]): Command {
  const command = new Command(args);
  commands.push(command);
  return command;
}

const node = (id: string, type: string, config: WorkflowNode['config'] = {}): WorkflowNode => ({
  id,
  type,
  name: id,
  label: id,
  x: 0,
  y: 0,
  config,
});
/** Writes a workflow of nodes in a row. */
async function file(name: string, ...nodes: WorkflowNode[]): Promise<string> {
  const transitions = nodes.slice(1).map((to, index) => ({
    id: `t${index}`,
    from: nodes[index]?.id ?? '',
    port: 'success',
    to: to.id,
  }));
  const workflow: Workflow = { formatVersion: 1, internalName: name, label: name, nodes, transitions };
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify(workflow));
  return path;
}
const code = (id: string, script: string): WorkflowNode =>
  node(id, 'javascript-code', { mode: 'run', columns: [], script });
const report = (out: string): RunReport => JSON.parse(out) as RunReport;

describe('syncline run', () => {
  it('runs a file against a demo organisation and ends with one JSON object', async () => {
    const { code: exit, out, err } = await runCommand('run', leads, '--data', data, ...small, '--json');
    expect(exit, err).toBe(0);
    const result = report(out);
    expect(result).toMatchObject({ workflow: 'lead_scoring', state: 'succeeded', error: null, rejects: 0 });
    const read = result.ports['openLeads.success'] ?? 0;
    expect(read).toBeGreaterThan(0);
    expect(result.nodes.openLeads).toMatchObject({ state: 'succeeded', attempts: 1, passes: 1 });
    expect(result.nodes.openLeads?.durationMs).toBeGreaterThan(0);
    expect(result.transitions).toContainEqual(
      expect.objectContaining({ from: 'openLeads.success', to: 'score', count: read }),
    );
    expect(result.transitions).toContainEqual(expect.objectContaining({ from: 'start.success', count: null }));
    expect(result.durationMs).toBeGreaterThan(0);
    expect(err).toMatch(/✓ openLeads: success \d/);
    expect(err).toContain('run succeeded');

    const csv = await runCommand('records', 'last', 'score.success', '--data', data, '--format', 'csv');
    const lines = csv.out.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^Id,FirstName,LastName,.*,Score,Domain$/);
    expect(lines).toHaveLength(read + 1);
    const json = await runCommand('records', result.run, 'score.success', '--data', data, '--format', 'json');
    expect(JSON.parse(json.out)).toHaveLength(read);
  });

  it('shows what the ratings of a sample would change, ends with 5, and writes them once they are approved', async () => {
    const ratings = join(root, 'demo/workflows/lead-ratings.json');
    const asked = await runCommand('run', ratings, '--data', data, ...small, '--json');
    expect(asked.code, asked.err).toBe(5);
    const planned = report(asked.out).ports['send.plan'] ?? 0;
    expect(planned).toBeGreaterThan(0);
    const csv = await runCommand('records', 'last', 'send.plan', '--data', data, '--format', 'csv');
    expect(csv.out).toMatch(/,update,00Q\w{15},00Q\w{15},/);
    const { code: exit, out, err } = await runCommand('run', ratings, '--data', data, ...small, '--approve', '--json');
    expect(exit, err).toBe(0);
    expect(report(out)).toMatchObject({
      run: report(asked.out).run,
      state: 'succeeded',
      ports: { 'send.success': planned, 'send.reject': 0 },
    });
  });

  it('tells people what became of it, and gives the options that it set', async () => {
    const path = await file(
      'told',
      node('begin', 'start'),
      code('set', "setOption('colour', 'red'); logInfo('done');"),
    );
    const { code: exit, out } = await runCommand('run', path, '--data', data);
    expect(exit).toBe(0);
    expect(out).toMatch(/^told: succeeded in \d+\.\d s \(run \w+\)\n/);
    expect(out).toContain('colour = red');
  });

  it('exits with 1 when the run fails, and says why and what to do', async () => {
    const path = await file('fails', node('begin', 'start'), code('broken', 'throw new Error("no such luck");'));
    const { code: exit, out } = await runCommand('run', path, '--data', data, '--json');
    expect(exit).toBe(1);
    expect(report(out)).toMatchObject({
      state: 'failed',
      error: { code: 'SCRIPT_FAILED' },
      nodes: { broken: { state: 'failed' } },
    });
    expect(report(out).error?.message).toContain('no such luck');
  });

  it('goes on with a run that failed by --retry: what succeeded is not done again', async () => {
    const once = code('once', 'if (task.attempt < 2) throw new Error("not yet");');
    const path = await file('mended', node('begin', 'start'), code('before', 'logInfo("here");'), once);
    const failed = report((await runCommand('run', path, '--data', data, '--json')).out);
    expect(failed.state).toBe('failed');
    const { code: exit, out } = await runCommand('run', path, '--data', data, '--json', '--retry');
    expect(exit).toBe(0);
    expect(report(out)).toMatchObject({
      run: failed.run,
      nodes: { before: { state: 'succeeded', attempts: 1 }, once: { state: 'succeeded', attempts: 2 } },
    });
  });

  it('goes to a node and no further, and leaves out in a simulation what writes', async () => {
    const write = node('write', 'update-data', { table: 'people', key: [{ kind: 'column', column: 'n' }] });
    const rows = code('rows', 'emit({ n: 1 });');
    rows.config.columns = [{ name: 'n', type: 'integer' }];
    const path = await file('parts', node('begin', 'start'), rows, write);
    const { code: exit, out, err } = await runCommand('run', path, '--data', data, '--json', '--to', 'rows');
    expect(exit, err).toBe(0);
    expect(Object.keys(report(out).nodes)).not.toContain('write');
    const simulated = await runCommand('run', path, '--data', data, '--json', '--simulate');
    expect(simulated.code, simulated.err).toBe(0);
    expect(simulated.err).toContain('write: not run: it would insert or update rows of "people" (1 rows in)');
    const unknown = await runCommand('run', path, '--data', data, '--to', 'nowhere');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('The node nowhere does not exist.')]);
  });

  it('stops the run on Ctrl-C and exits with 130', async () => {
    const path = await file(
      'waits',
      node('begin', 'start'),
      node('pause', 'wait', { mode: 'duration', amount: 5, unit: 'hours' }),
    );
    const command = start('run', path, '--data', data, '--json');
    await command.says(/pause: waits until/);
    const { code: exit, out } = await command.stop('SIGINT');
    expect(exit).toBe(130);
    expect(report(out)).toMatchObject({ state: 'stopped', nodes: { pause: { state: 'stopped' } } });
  });

  it('takes a connection from a file, and never prints its secret', async () => {
    const connection = join(folder, 'crm.json');
    const settings = { instanceUrl: 'http://127.0.0.1:9', clientId: 'me', clientSecret: 'the secret of the file' };
    await writeFile(connection, JSON.stringify({ kind: 'salesforce', settings }));
    const fails = await file('reads', node('begin', 'start'), crmNode());
    const given = ['--connection', `crm=${connection}`];
    const { code: exit, out, err } = await runCommand('run', fails, '--data', data, '--json', ...given);
    expect(exit).toBe(1);
    expect(report(out).error).toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(out + err).not.toContain('the secret of the file');
    await writeFile(connection, '{"kind":"salesforce"}');
    expect((await runCommand('run', fails, '--data', data, ...given)).err).toMatch(
      /must hold an object with "kind" and "settings"/,
    );
    expect((await runCommand('run', fails, '--data', data, '--connection', 'crm')).err).toMatch(/write name=file/);
  });
});

const crmNode = (): WorkflowNode => ({
  ...node('crm', 'crm-connector', {
    connection: 'crm',
    object: 'Lead',
    objectLabel: 'Lead',
    fields: [{ name: 'Id', label: 'Id', type: 'text', conversion: 'default' }],
  }),
  retry: { attempts: 1, delay: 0, maxDelay: 0 },
});

describe('an interrupted run', () => {
  const waiting = () =>
    file(
      'waits',
      node('begin', 'start'),
      node('pause', 'wait', { mode: 'duration', amount: 1, unit: 'seconds' }),
      code('after', 'vars.done = true'),
    );

  it('is gone on with by --resume, and is in the way of another one without it', async () => {
    const path = await waiting();
    const first = start('run', path, '--data', data);
    await first.says(/pause: waits until/);
    await first.stop('SIGKILL');
    const refused = await runCommand('run', path, '--data', data, '--json');
    expect([refused.code, JSON.parse(refused.out)]).toEqual([
      2,
      { error: expect.objectContaining({ code: 'ALREADY_RUNNING' }) },
    ]);
    expect(refused.err).toContain('--resume');
    const resumed = await runCommand('run', path, '--data', data, '--json', '--resume');
    expect(resumed.code, resumed.err).toBe(0);
    expect(report(resumed.out)).toMatchObject({
      state: 'succeeded',
      nodes: { begin: { attempts: 1 }, after: { state: 'succeeded' } },
    });
    expect((await runCommand('run', path, '--data', data, '--resume')).code).toBe(0);
  });

  it('of another workflow is left where it is', async () => {
    const path = await waiting();
    const first = start('run', path, '--data', data);
    await first.says(/pause: waits until/);
    await first.stop('SIGKILL');
    const other = await file(
      'other',
      node('begin', 'start'),
      node('pause', 'wait', { mode: 'duration', amount: 2, unit: 'seconds' }),
    );
    expect((await runCommand('run', other, '--data', data)).code).toBe(0);
    const resumed = await runCommand('run', path, '--data', data, '--json', '--resume');
    expect(report(resumed.out).nodes.after).toMatchObject({ state: 'succeeded' });
  });
});

describe('a run that waits for approval', () => {
  it('ends the command with 5, and goes on with the answer', async () => {
    const path = await file('asks', node('begin', 'start'), node('ask', 'approval', { question: 'Go on?' }));
    const asked = await runCommand('run', path, '--data', data, '--json');
    expect([asked.code, report(asked.out).state]).toEqual([5, 'waiting for approval']);
    expect(asked.err).toContain('ask: waits for approval: Go on?');
    expect((await runCommand('run', path, '--data', data, '--resume')).code).toBe(5);
    const both = await runCommand('run', path, '--data', data, '--approve', '--refuse');
    expect(both.err).toContain("option '--refuse' cannot be used with option '--approve'");
    const refused = await runCommand('run', path, '--data', data, '--json', '--refuse');
    expect(refused.code, refused.err).toBe(0);
    expect(refused.err).toContain('refused by cli');
  });
});

describe('while a server works on the folder', () => {
  it('runs go through its engine, and those with connections of their own are refused with its pid', async () => {
    const server = start('serve', '--data', data, '--port', '0', '--log-level', 'warn');
    try {
      const [, url] = await server.says(/ready: (\S+)/);
      let ready = false;
      while (!ready) ready = (await fetch(`${url}/readyz`)).ok;
      const path = await file('through', node('begin', 'start'), code('set', "setOption('via', 'server')"));
      const through = await runCommand('run', path, '--data', data, '--json');
      expect(through.code, through.err).toBe(0);
      expect(report(through.out)).toMatchObject({ state: 'succeeded', options: { via: 'server' } });
      const refused = await runCommand('run', leads, '--data', data, ...small);
      expect(refused.code).toBe(2);
      expect(refused.err).toContain(`in use by process ${server.child.pid}`);
    } finally {
      await server.stop();
    }
  });
});

describe('syncline records', () => {
  it('names a node, a port or a pass that the run does not have', async () => {
    expect((await runCommand('run', leads, '--data', data, ...small)).code).toBe(0);
    const ask = async (...args: string[]) => (await runCommand('records', 'last', ...args, '--data', data)).err;
    expect(await ask('nothing.success')).toMatch(/node "nothing" in this run does not exist/);
    expect(await ask('score.nothing')).toMatch(/The output score.nothing \(there is .*success.*\) does not exist/);
    expect(await ask('score.success', '--pass', '2')).toMatch(/does not exist/);
    expect(await ask('start.success')).toMatch(/does not exist/);
    const unknown = await runCommand('records', '0123', 'score.success', '--data', data);
    expect(unknown.err).toMatch(/run 0123 does not exist/);
  });
});
