import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { UserError } from '../../contract/errors.ts';

/** The key that encrypts secrets at rest. */
export interface SecretKey {
  /** Stands in what it encrypted, so that a wrong key is named instead of guessed. Tells nothing of the key. */
  id: string;
  bytes: Buffer;
}

/** The text may be of any form: it is stretched to the 32 bytes that the cipher takes. */
export function makeKey(text: string): SecretKey {
  const bytes = Buffer.from(hkdfSync('sha256', text.trim(), '', 'syncline secrets', 32));
  return { id: createHash('sha256').update(bytes).digest('hex').slice(0, 8), bytes };
}

/**
 * The key given in the environment, else the one in the file, which is made when it is missing.
 * Throws UserError CONFIG_INVALID for a file that others may read or that holds no key.
 */
export async function loadKey(options: { secretKey: string | undefined; file: string }): Promise<SecretKey> {
  if (options.secretKey !== undefined) return makeKey(options.secretKey);
  const found = await readKeyFile(options.file);
  if (found !== null) return makeKey(found);
  await createKeyFile(options.file);
  const made = await readKeyFile(options.file);
  if (made === null) throw invalid(options.file, 'it was taken away while Syncline started');
  return makeKey(made);
}

async function readKeyFile(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw invalid(file, 'others may read it; run "chmod 600" on it');
    const text = await readFile(file, 'utf8');
    if (text.trim().length < 32) throw invalid(file, 'it holds fewer than 32 characters');
    return text;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Written aside and put into place, so that a kill in between leaves no half key. Of processes that start at the same time the
 * first one's key stays, and the others find it.
 */
async function createKeyFile(file: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(aside, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    await chmod(aside, 0o600);
    await link(aside, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(aside);
  }
}

function invalid(file: string, reason: string): UserError {
  return new UserError('CONFIG_INVALID', { field: `The key file ${file}`, reason });
}
