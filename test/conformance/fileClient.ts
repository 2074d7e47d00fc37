/** Our clients of files, and programs of others, as the lines use them. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import type { ConnectorDefinition, ConnectorHost, FilesClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';

interface Connector<Settings> {
  definition: ConnectorDefinition<Settings>;
  open(host: ConnectorHost<Settings>): Promise<FilesClient>;
}

/** Does the work with a client of its own. */
export async function withFiles<Settings, T>(
  { definition, open }: Connector<Settings>,
  settings: Partial<Settings>,
  work: (client: FilesClient) => Promise<T>,
): Promise<T> {
  const client = await open({
    settings: definition.settings.parse({ ...definition.defaults, ...settings }),
    connectionName: 'conformance',
    clock: { now: () => new Date() },
    log: () => undefined,
    signal: new AbortController().signal,
  });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Bytes that differ from place to place, in chunks of odd lengths. */
export function makeBytes(length: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: length / 4 }, (_, index) => index * 2_654_435_761).buffer);
}
export async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 99_991) yield bytes.subarray(from, from + 99_991);
}
export async function readAll(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}
export async function namesIn(client: FilesClient, folder: string): Promise<string[]> {
  const names = [];
  for await (const page of client.list(folder)) names.push(...page.map(({ name }) => name));
  return names.sort();
}
export const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

/** What a program wrote to its output. Throws with what it said when it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Buffer> {
  const options = {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 * 1024,
    env: { PATH: '/usr/bin:/bin', HOME: '/', ...env },
  } as const;
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}

/** The code with which ours refuses. Throws when it does not. */
export async function refusal(work: Promise<unknown>, codes: readonly string[]): Promise<string> {
  try {
    await work;
  } catch (error) {
    if ((error instanceof UserError || error instanceof RetryLater) && codes.includes(error.code))
      return `${error.name} ${error.code}`;
    throw error;
  }
  throw new Error(`it was not refused, ${codes.join(' or ')} was expected`);
}
