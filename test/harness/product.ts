/** The product as people start it: the web process with its engine, in a folder, spoken to over HTTP only. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Body, EndpointName, Query, Reply } from '../../contract/api.ts';
import { api, endpointPath } from '../../contract/api.ts';
import { isFinal } from '../../contract/run.ts';

const commandLine = new URL('../../cli/main.ts', import.meta.url);

export interface Product {
  url: string;
  pid: number;
  /** The one-time link that was printed at the start. */
  signInLink: string;
  /** Everything it wrote so far, for messages of failing tests. */
  output(): string;
  call<N extends EndpointName>(
    name: N,
    options?: { params?: Record<string, string>; query?: Query<N>; body?: Body<N> },
  ): Promise<Reply<N>>;
  /** Waits until the run has ended (or is in one of the states given) and returns it. */
  finished(runId: string, states?: readonly string[]): Promise<Reply<'getRun'>>;
  /** kill -9 of the web process alone. */
  kill(): Promise<void>;
  /** A graceful end. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  folder: string;
  /** Left out: the command line of this repository. */
  program?: URL;
  args?: readonly string[];
  env?: Record<string, string>;
  /** An API token: no link is used. */
  token?: string;
  /** Nobody signs in: the link is left for a browser, and `call` reaches what is public. */
  leaveLink?: boolean;
}

/** Starts `syncline serve` on a free port and signs in. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { folder, program = commandLine, args = [], env = {}, token } = options;
  const child = spawn(
    process.execPath,
    [fileURLToPath(program), 'serve', '--data', folder, '--port', '0', '--log-level', 'warn', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', ...env },
    },
  );
  const lines: string[] = [];
  const heard = hear(child, lines);
  const { url, signInLink } = await heard(token === undefined);
  const headers = await headersOf(options, url, signInLink);
  const call: Product['call'] = (name, options = {}) => callApi(url, headers, name, options);
  return {
    url,
    pid: child.pid ?? 0,
    signInLink,
    output: () => lines.join('\n'),
    call,
    finished: (runId, states) => finished(call, runId, states),
    kill: () => end(child, 'SIGKILL'),
    stop: () => end(child, 'SIGTERM'),
  };
}

/** Reads what the process prints until it says where it is (and how to sign in). */
function hear(
  child: ChildProcess,
  lines: string[],
): (withLink: boolean) => Promise<{ url: string; signInLink: string }> {
  return (withLink) =>
    new Promise((resolve, reject) => {
      let url = '';
      let signInLink = '';
      const listen = (stream: NodeJS.ReadableStream | null): void => {
        if (!stream) return;
        createInterface({ input: stream }).on('line', (line) => {
          lines.push(line);
          const found = /https?:\/\/[^\s]+/.exec(line)?.[0] ?? '';
          if (found.includes('#token=')) signInLink = found;
          if (found !== '' && url === '') url = new URL(found).origin;
          if (url !== '' && (!withLink || signInLink !== '')) resolve({ url, signInLink });
        });
      };
      listen(child.stdout);
      listen(child.stderr);
      child.once('exit', (code) => reject(new Error(`serve ended with ${code}:\n${lines.join('\n')}`)));
    });
}

async function headersOf(options: ProductOptions, url: string, link: string): Promise<Record<string, string>> {
  if (options.leaveLink) return {};
  return options.token === undefined ? signIn(url, link) : { authorization: `Bearer ${options.token}` };
}

async function signIn(url: string, link: string): Promise<Record<string, string>> {
  const token = link.split('#token=')[1] ?? '';
  const response = await fetch(`${url}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) throw new Error(`signing in failed: ${await response.text()}`);
  return {
    cookie: response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; '),
    origin: url,
  };
}

async function callApi<N extends EndpointName>(
  url: string,
  headers: Record<string, string>,
  name: N,
  options: { params?: Record<string, string>; query?: unknown; body?: unknown },
): Promise<Reply<N>> {
  const endpoint = api[name];
  const query = new URLSearchParams(
    Object.entries((options.query ?? {}) as Record<string, unknown>).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  );
  const address = `${url}/api${endpointPath(endpoint.path, options.params)}${query.size > 0 ? `?${query}` : ''}`;
  const response = await fetch(address, {
    method: endpoint.method,
    headers: { ...headers, ...(options.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${endpoint.method} ${address} → ${response.status} ${text}`);
  return JSON.parse(text) as Reply<N>;
}

async function finished(call: Product['call'], runId: string, states?: readonly string[]): Promise<Reply<'getRun'>> {
  for (;;) {
    const run = await call('getRun', { params: { run: runId } });
    if (states ? states.includes(run.state) : isFinal(run.state)) return run;
    if (states && isFinal(run.state)) throw new Error(`the run ended as ${run.state}: ${JSON.stringify(run.error)}`);
    await pause(50);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** All events of a run so far. */
export async function readEvents(product: Pick<Product, 'call'>, run: string): Promise<Reply<'listEvents'>> {
  const events: Reply<'listEvents'> = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const page = await product.call('listEvents', { params: { run }, query: { after, limit: 1_000 } });
    if (page.length === 0) return events;
    events.push(...page);
  }
}
