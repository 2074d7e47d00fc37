import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

interface Ready {
  ready: boolean;
  url: string;
  clientId: string;
  clientSecret: string;
  pid: number;
}

async function ready(child: ChildProcess): Promise<Ready> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return JSON.parse(line) as Ready;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr!.on('data', (text) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, errors };
}

test('it says in one line where it is, and stops when asked to', async () => {
  const child = start('--port', '0', '--demo-seed', '3', '--demo-contacts', '50');
  const announced = await ready(child);
  expect(announced).toEqual({
    ready: true,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    clientId: expect.stringMatching(/^3MVG9/),
    clientSecret: expect.stringMatching(/^[0-9A-F]{64}$/),
    username: 'integration.user0@demo-org.example',
    password: expect.stringMatching(/^demo-[0-9a-f]{10}$/),
    securityToken: expect.stringMatching(/^\w{24}$/),
    pid: child.pid,
  });
  expect((await fetch(`${announced.url}/services/data`)).status).toBe(200);
  child.kill('SIGTERM');
  expect((await ended(child)).code).toBe(0);
});

test('it does not outlive its parent when it is told so', async () => {
  const child = start('--demo-contacts', '50', '--exit-with-parent');
  await ready(child);
  child.stdin!.end();
  expect((await ended(child)).code).toBe(0);
});

test('credentials stay the same for the same seed', async () => {
  const [one, other] = [
    await ready(start('--demo-contacts', '5')),
    await ready(start('--demo-contacts', '5', '--demo-seed', '2')),
  ];
  const again = await ready(start('--demo-contacts', '10'));
  expect([again.clientId, again.clientSecret]).toEqual([one.clientId, one.clientSecret]);
  expect(other.clientSecret).not.toBe(one.clientSecret);
});

test.each([
  [['--demo-contacts', 'many'], 2, '--demo-contacts must be a whole number, not "many"'],
  [['--colour', 'red'], 2, "Unknown option '--colour'"],
  [['--clock', 'noon'], 1, '"noon" is not an instant'],
  [['--clock', '2020-01-01T00:00:00Z'], 1, 'the clock must not stand before 2026-06-01'],
  [['--jwt-public-key', MAIN], 1, 'publicKey must be a certificate or a public key in PEM form'],
  [['--jwt-public-key', '/nowhere.pem'], 2, 'ENOENT'],
  [['--demo-contacts', '9000000'], 1, 'there can be at most 4000000 contacts'],
])('%j ends with code %i and a plain sentence', async (args, code, message) => {
  const end = await ended(start(...args));
  expect([end.code, end.errors]).toEqual([code, expect.stringContaining(message)]);
  expect(end.errors).not.toContain('    at ');
});

test('a port that is taken is said', async () => {
  const { url } = await ready(start('--demo-contacts', '5'));
  const end = await ended(start('--demo-contacts', '5', '--port', new URL(url).port));
  expect([end.code, end.errors]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
});
