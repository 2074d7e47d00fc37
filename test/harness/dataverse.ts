/** A demo Dataverse organisation in a process of its own, and what a test does to it beside its API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/dataverse/main.ts', import.meta.url));

export interface DataverseProcess {
  url: string;
  tenant: string;
  clientId: string;
  clientSecret: string;
  control(path: string, body: unknown): Promise<unknown>;
  token(): Promise<string>;
  /** All rows of a collection, by a plain client that knows nothing of Syncline. */
  rows(path: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

type Announced = Pick<DataverseProcess, 'url' | 'tenant' | 'clientId' | 'clientSecret'>;

export async function startDataverseProcess(options: {
  seed?: number;
  contacts?: number;
  clock?: string;
}): Promise<DataverseProcess> {
  const args = [
    '--exit-with-parent',
    '--demo-seed',
    String(options.seed ?? 1),
    '--demo-contacts',
    String(options.contacts ?? 500),
    ...(options.clock ? ['--clock', options.clock] : []),
  ];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const announced = JSON.parse(String(line)) as Announced;
  return {
    ...announced,
    token: () => signIn(announced),
    control: (path, body) => post(`${announced.url}/__demo/${path}`, body),
    rows: async (path) => readRows(announced, path),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function signIn({ url, tenant, clientId, clientSecret }: Announced): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: `${url}/.default`,
  });
  const response = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function readRows(announced: Announced, path: string): Promise<Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${await signIn(announced)}`, prefer: 'odata.maxpagesize=5000' };
  const rows: Record<string, unknown>[] = [];
  let next: string | undefined = `${announced.url}/api/data/v9.2/${path}`;
  while (next) {
    const response = await fetch(next, { headers });
    if (!response.ok) throw new Error(await response.text());
    const page = (await response.json()) as { value: Record<string, unknown>[]; '@odata.nextLink'?: string };
    rows.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return rows;
}

async function post(address: string, body: unknown): Promise<unknown> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${address}: ${await response.text()}`);
  return response.json();
}
