import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('it says in one line where it is and whom it trusts, and ends with its parent', async () => {
  const child = spawn(process.execPath, [MAIN, '--exit-with-parent', '--external-id', 'x-1']);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(JSON.parse(line)).toMatchObject({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    region: 'us-east-1',
    externalId: 'x-1',
    accessKeyId: expect.any(String),
  });
  child.stdin.end();
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('a wrong option ends it with a plain sentence', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', 'any']);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([code, said]).toEqual([2, expect.stringContaining('--port must be a whole number, not "any"')]);
});
