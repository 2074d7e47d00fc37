/** Content of files on its way to and from a client, and what a client lists. */
import type { FilesClient } from '../../contract/connector.ts';
import type { FileEntry } from '../../contract/files.ts';

export async function* bytes(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

export async function contentOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** By path. */
export async function listed(client: FilesClient, folder = ''): Promise<FileEntry[]> {
  const all = [];
  for await (const page of client.list(folder)) all.push(...page);
  return all.sort((a, b) => a.path.localeCompare(b.path));
}
