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

async function ready(child: ChildProcess): Promise<Record<string, unknown>> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return JSON.parse(line) as Record<string, unknown>;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = '';
  child.stderr!.on('data', (text) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, errors };
}

test('it says in one line where it is, the same for the same seed, and stops when asked to', async () => {
  const child = start('--demo-contacts', '5', '--demo-seed', '3');
  const announced = await ready(child);
  expect(announced).toEqual({
    ready: true,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    tenant: expect.stringMatching(/^[0-9a-f-]{36}$/),
    clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    clientSecret: expect.stringMatching(/^[\w-]{37}~Q8$/),
    pid: child.pid,
  });
  expect((await fetch(`${announced.url}/api/data/v9.2/WhoAmI`)).status).toBe(401);
  const { url: _url, pid: _pid, ...same } = await ready(start('--demo-contacts', '9', '--demo-seed', '3'));
  expect(announced).toMatchObject(same);
  child.kill('SIGTERM');
  expect((await ended(child)).code).toBe(0);
});

test('it does not outlive its parent when it is told so', async () => {
  const child = start('--demo-contacts', '5', '--exit-with-parent');
  await ready(child);
  child.stdin!.end();
  expect((await ended(child)).code).toBe(0);
});

test.each([
  [['--demo-contacts', 'many'], 2, '--demo-contacts must be a whole number, not "many"'],
  [['--colour', 'red'], 2, "Unknown option '--colour'"],
  [['--clock', '2020-01-01T00:00:00Z'], 1, 'the clock must not stand before 2026-06-01'],
  [['--client-certificate', MAIN], 1, 'publicKey must be a certificate or a public key in PEM form'],
  [['--demo-contacts', '900000'], 1, 'there can be at most 500000 contacts'],
])('%j ends with code %i and a plain sentence', async (args, code, message) => {
  const end = await ended(start(...args));
  expect([end.code, end.errors]).toEqual([code, expect.stringContaining(message)]);
  expect(end.errors).not.toContain('    at ');
});
