/** What a backup consists of: written last, so that a folder without it is no backup. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';

const format = 1;
const name = 'manifest.json';
const manifestSchema = z.strictObject({
  format: z.literal(format),
  /** ISO: the moment that control and local data show. */
  at: z.iso.datetime(),
  files: z.array(
    z.strictObject({
      path: z.string().regex(/^(?!.*\.\.)[^/\\][^\\]*$/, 'leads out of the folder'),
      bytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

export async function writeManifest(folder: string, at: string, paths: readonly string[]): Promise<Manifest> {
  const files: ManifestFile[] = [];
  for (const path of paths) files.push({ path, ...(await measure(join(folder, path))) });
  const manifest: Manifest = { format, at, files };
  const file = join(folder, name);
  await writeFile(`${file}.new`, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
  await rename(`${file}.new`, file);
  return manifest;
}

/** Reads it and compares every file with it. Throws UserError BACKUP_DAMAGED. */
export async function readManifest(folder: string): Promise<Manifest> {
  const manifest = await parse(folder);
  for (const file of manifest.files) {
    const found = await guarded(folder, () => measure(join(folder, file.path)));
    if (found.sha256 !== file.sha256) throw damaged(folder, `${file.path} is not what was written`);
  }
  return manifest;
}

async function parse(folder: string): Promise<Manifest> {
  const text = await guarded(folder, () => readFile(join(folder, name), 'utf8'));
  const parsed = manifestSchema.safeParse(await guarded(folder, async () => JSON.parse(text) as unknown));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(folder, `${name} cannot be understood: ${issue?.path.join('.')} ${issue?.message}`);
}

async function guarded<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw damaged(folder, error instanceof Error ? error.message : String(error), error);
  }
}

const damaged = (folder: string, reason: string, cause?: unknown): UserError =>
  new UserError('BACKUP_DAMAGED', { folder, reason }, { cause });

async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}
