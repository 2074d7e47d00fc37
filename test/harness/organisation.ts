/** A demo Salesforce organisation in a process of its own, and what a test does to it beside its API. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../demo/salesforce/main.ts', import.meta.url));

export interface Organisation {
  url: string;
  clientId: string;
  clientSecret: string;
  pid: number;
  control(path: string, body: unknown): Promise<unknown>;
  clearFaults(): Promise<void>;
  /** All records of a query, by a plain client that knows nothing of Syncline. */
  query(soql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startOrganisation(options: {
  seed?: number;
  contacts?: number;
  clock?: string;
}): Promise<Organisation> {
  const args = [
    '--port',
    '0',
    '--exit-with-parent',
    '--demo-seed',
    String(options.seed ?? 1),
    '--demo-contacts',
    String(options.contacts ?? 5_000),
    ...(options.clock ? ['--clock', options.clock] : []),
  ];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url, clientId, clientSecret } = JSON.parse(String(line)) as {
    url: string;
    clientId: string;
    clientSecret: string;
  };
  return {
    ...plainClient({ url, clientId, clientSecret }),
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The same for an organisation that somebody else has started. */
export function plainClient(credentials: {
  url: string;
  clientId: string;
  clientSecret: string;
}): Omit<Organisation, 'pid' | 'stop'> {
  const { url, clientId, clientSecret } = credentials;
  let token: Promise<string> | null = null;
  const signIn = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const response = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  return {
    ...credentials,
    control: (path, body) => post(`${url}/__demo/${path}`, body),
    async clearFaults() {
      await fetch(`${url}/__demo/faults`, { method: 'DELETE' });
    },
    async query(soql) {
      token ??= signIn();
      const records: Record<string, unknown>[] = [];
      let next: string | undefined = `/services/data/v60.0/query?q=${encodeURIComponent(soql)}`;
      while (next) {
        const response = await fetch(url + next, { headers: { authorization: `Bearer ${await token}` } });
        if (!response.ok) throw new Error(await response.text());
        const page = (await response.json()) as { records: Record<string, unknown>[]; nextRecordsUrl?: string };
        records.push(...page.records);
        next = page.nextRecordsUrl;
      }
      return records;
    },
  };
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
