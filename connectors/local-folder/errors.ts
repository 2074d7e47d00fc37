/** What the file system says, in the words of the contract. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { isForeign } from '../kit/faults.ts';

export const isMissing = (error: unknown): boolean => /^(ENOENT|ENOTDIR)$/.test(codeOf(error));

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The system's own sentences name paths of this machine, which are nobody's business. */
const refusals: Record<string, string> = {
  EISDIR: 'a folder is called so',
  ENOTEMPTY: 'a folder is called so',
  EEXIST: 'something is called so already',
  ENAMETOOLONG: 'the name is longer than the disk takes',
  EFBIG: 'the file is larger than the disk takes',
};

/** Ours pass as they are. `action` stands in the sentence: "may not read a.csv". */
export function explain(error: unknown, action: string, path: string): unknown {
  if (!isForeign(error)) return error;
  const code = codeOf(error);
  const options = { cause: error };
  if (isMissing(error)) return new UserError('FILE_MISSING', { path }, options);
  if (/^(EACCES|EPERM|EROFS)$/.test(code)) return new UserError('FILE_NOT_ALLOWED', { action, path }, options);
  if (/^(ENOSPC|EDQUOT)$/.test(code))
    return new RetryLater('FILE_NO_ROOM', { path, reason: 'the disk is full' }, options);
  // A link that took the place of a file behind our look at it is not followed.
  if (code === 'ELOOP') return new UserError('FILE_PATH', { path, reason: 'it is a link' }, options);
  const reason = refusals[code];
  if (reason !== undefined) return new UserError('FILE_REFUSED', { action, path, reason }, options);
  return error;
}
