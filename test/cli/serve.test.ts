import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../contract/api.ts';
import { systemClock } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { readHealth } from '../../server/engine/health.ts';
import { Command, runCommand } from '../harness/command.ts';
import { eventually } from '../harness/eventually.ts';

let folder: string;
let commands: Command[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncline-serve-'));
  commands = [];
});
afterEach(async () => {
  for (const command of commands) if (command.child.exitCode === null) await command.stop();
  await rm(folder, { recursive: true });
});

interface Server {
  command: Command;
  url: string;
  cookie: string;
  /** Calls the interface as the admin of the sign-in link. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

async function serve(...flags: string[]): Promise<Server> {
  const command = new Command(['serve', '--data', folder, '--port', '0', '--log-level', 'warn', ...flags]);
  commands.push(command);
  const [, url = '', token = ''] = await command.says(/ready: (\S+)\n.*once: \S+#token=(\S+)\n/);
  const headers = { 'content-type': 'application/json', origin: url };
  const link = await fetch(`${url}/api/session/link`, { method: 'POST', body: JSON.stringify({ token }), headers });
  const cookie = link.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    command,
    url,
    cookie,
    async call<T>(method: string, path: string, body?: unknown) {
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${url}/api${path}`, { method, headers: { ...headers, cookie }, ...content });
      return (await response.json()) as T;
    },
  };
}

/** Waits until the server takes work, and gives the pid of its engine. */
async function ready({ url }: Server): Promise<number> {
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  const db = await openControl(folder, { clock: systemClock });
  const health = await readHealth(db);
  await db.destroy();
  return health?.pid ?? 0;
}
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};

describe('a start that cannot be', () => {
  it('says in one line that the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    const { code, out, err } = await runCommand('serve', '--data', folder, '--port', port);
    await new Promise((resolve) => other.close(resolve));
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      `syncline: Port ${port} of 127.0.0.1 is in use. Stop the other program, or choose another port with --port.\n`,
    );
  });

  it('says in one line that the folder cannot be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const { code, out, err } = await runCommand('serve', '--data', join(file, 'data'), '--port', '0');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^syncline: The data folder \S+a-file\/data cannot be written: .*--data\.\n$/);
  });

  it('says in one line whose the folder is', async () => {
    const server = await serve();
    await ready(server);
    const { code, out, err } = await runCommand('serve', '--data', folder, '--port', '0');
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      `syncline: The data folder is in use by process ${server.command.child.pid}. Stop that process, or use another folder with --data.\n`,
    );
  });

  it('says in one line which setting is wrong', async () => {
    const { code, err } = await runCommand('serve', '--data', folder, '--port', 'many');
    expect([code, err]).toEqual([2, 'syncline: --port: say a number. Correct the setting.\n']);
  });
});

describe('a server', () => {
  it('answers, and leaves no process when it is asked to stop', async () => {
    const server = await serve('--demo', '--demo-contacts', '50');
    const engine = await ready(server);
    expect(await server.call<Reply<'getSession'>>('GET', '/session')).toMatchObject({
      demo: true,
      user: { role: 'admin' },
    });
    const { code, err } = await server.command.stop('SIGTERM');
    expect([code, err]).toEqual([0, '']);
    expect(isAlive(engine)).toBe(false);
  });

  it('ends streams that are open when it stops', async () => {
    const server = await serve();
    const stream = await fetch(`${server.url}/api/events`, { headers: { cookie: server.cookie } });
    expect(stream.headers.get('content-type')).toMatch(/event-stream/);
    const [ended, text] = await Promise.all([server.command.stop('SIGINT'), stream.text()]);
    expect([ended.code, ended.err]).toEqual([0, '']);
    expect(text).toContain('retry:');
  });

  it('starts a killed engine again', async () => {
    const server = await serve();
    const first = await ready(server);
    process.kill(first, 'SIGKILL');
    await eventually(async () => expect(await ready(server)).not.toBe(first));
  });

  it('can be started again at once after it was killed, and its engine ends with it', async () => {
    const server = await serve();
    const engine = await ready(server);
    server.command.child.kill('SIGKILL');
    const again = await serve();
    await ready(again);
    await eventually(() => expect(isAlive(engine)).toBe(false));
  });
});

describe('a server with the demo', () => {
  it('prints exactly one link at every start, brings the samples once, and follows the organisation where it goes', async () => {
    const first = await serve('--demo', '--demo-contacts', '50');
    expect(first.command.out.match(/#token=/g)).toHaveLength(1);
    const samples = await first.call<Reply<'listWorkflows'>>('GET', '/workflows');
    expect(samples.length).toBeGreaterThan(1);
    expect(samples.filter((sample) => sample.problems > 0)).toEqual([]);
    const [edited, removed] = samples.map((sample) => sample.internalName);
    const detail = await first.call<Reply<'getWorkflow'>>('GET', `/workflows/${edited}`);
    const workflow = { ...detail.workflow, label: 'Mine now' };
    await first.call('PUT', `/workflows/${edited}`, { workflow, revision: detail.revision });
    await first.call('DELETE', `/workflows/${removed}`);
    const led = (all: Reply<'listConnections'>) => all.find(({ name }) => name === 'demo_salesforce');
    const before = led(await first.call<Reply<'listConnections'>>('GET', '/connections'));
    await first.command.stop();

    const second = await serve('--demo', '--demo-contacts', '50');
    expect(second.command.out.match(/#token=/g)).toHaveLength(1);
    const kept = await second.call<Reply<'listWorkflows'>>('GET', '/workflows');
    expect(kept.map((one) => one.internalName).sort()).toEqual(
      samples
        .map((one) => one.internalName)
        .filter((name) => name !== removed)
        .sort(),
    );
    expect(kept.find((one) => one.internalName === edited)?.label).toBe('Mine now');
    const connections = await second.call<Reply<'listConnections'>>('GET', '/connections');
    const after = led(connections);
    expect(connections.map(({ name, verified }) => [name, verified?.ok])).toEqual([
      ['consents', undefined],
      ['demo_dynamics', true],
      ['demo_marketing_cloud', true],
      ['demo_salesforce', true],
    ]);
    expect(after).toMatchObject({ name: 'demo_salesforce', verified: { ok: true } });
    expect(after?.settings.instanceUrl).not.toBe(before?.settings.instanceUrl);
  });
});
