/** A demo Marketing Cloud organisation in a process of its own, and what a test does to it beside its API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/marketing-cloud/main.ts', import.meta.url));

export interface Cloud {
  url: string;
  clientId: string;
  clientSecret: string;
  accountId: number;
  /** Posts to a control endpoint. */
  control(path: string, body: unknown): Promise<unknown>;
  /** Gets from a control endpoint. */
  state(path: string): Promise<unknown>;
  clearFaults(): Promise<void>;
  /** All rows of a data extension, by column names, as the interfaces write them. */
  rows(key: string): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

export async function startCloud(
  options: { seed?: number; subscribers?: number; clock?: string; ftpFolder?: string; workMs?: number } = {},
): Promise<Cloud> {
  const named = [
    ['--demo-seed', options.seed],
    ['--demo-subscribers', options.subscribers ?? 200],
    ['--clock', options.clock],
    ['--ftp-folder', options.ftpFolder],
    ['--work-ms', options.workMs],
  ] as const;
  const args = named.flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)]));
  const child = spawn(process.execPath, [program, '--exit-with-parent', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const announced = JSON.parse(String(line)) as Pick<Cloud, 'url' | 'clientId' | 'clientSecret' | 'accountId'>;
  const { url } = announced;
  const state = async (path: string): Promise<unknown> => answerOf(await fetch(`${url}/__demo/${path}`));
  return {
    ...announced,
    state,
    control: async (path, body) => answerOf(await post(`${url}/__demo/${path}`, body)),
    async clearFaults() {
      await fetch(`${url}/__demo/faults`, { method: 'DELETE' });
    },
    rows: (key) => state(`rows?key=${encodeURIComponent(key)}`) as Promise<Record<string, string>[]>,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function post(address: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function answerOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url}: ${await response.text()}`);
  return response.json();
}
