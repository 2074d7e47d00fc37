/** What SSH and SFTP say, in the words of the contract. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { isForeign } from '../kit/faults.ts';

/** Numbers of the protocol's version 3, and of later ones that some servers answer with. */
const noSuchFile = 2;
const denied = 3;
const failure = 4;
const unsupported = 8;
const alreadyThere = 11;
const noSpace = 14;
const quota = 15;
const noSuchPath = 10;

export const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

export const isMissing = (error: unknown): boolean => [noSuchFile, noSuchPath].includes(statusOf(error) as number);
/** Says only that it failed: a full disk and a name that is taken are told like this too. */
export const isPlainFailure = (error: unknown): boolean => [failure, alreadyThere].includes(statusOf(error) as number);
export const isNoRoom = (error: unknown): boolean => [noSpace, quota].includes(statusOf(error) as number);

/** The server does not know the request; the library does not even send one that was not offered. */
export const isUnsupported = (error: unknown): boolean =>
  statusOf(error) === unsupported ||
  (error instanceof Error && /does not support this extended request/.test(error.message));

const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^\w+(->\w+)*: /, '')
    .replace(/\.$/, '')
    .slice(0, 300);

/** Of an operation on a file; ours pass as they are. Whatever has no number came from a connection that is gone. */
export function explain(error: unknown, action: string, path: string, host: string): unknown {
  if (!isForeign(error)) return error;
  const options = { cause: error };
  if (isMissing(error)) return new UserError('FILE_MISSING', { path }, options);
  if (statusOf(error) === denied) return new UserError('FILE_NOT_ALLOWED', { action, path }, options);
  if (isNoRoom(error)) return new RetryLater('FILE_NO_ROOM', { path, reason: sentence(error) }, options);
  if (typeof statusOf(error) === 'number')
    return new UserError('FILE_REFUSED', { action, path, reason: sentence(error) }, options);
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new RetryLater('REMOTE_UNREACHABLE', { host, reason: sentence(error) }, options);
}

/** Of signing in. */
export function explainConnect(error: unknown, host: string, user: string): unknown {
  if (!isForeign(error)) return error;
  const options = { cause: error };
  const reason = sentence(error);
  if (/authentication methods failed|no authentication methods/i.test(reason))
    return new UserError('FILES_SIGN_IN', { host, user, reason: 'it refused this password or key' }, options);
  if (/private ?key|passphrase|key format|decrypt/i.test(reason))
    return new UserError(
      'FILES_SIGN_IN',
      { host, user, reason: `the private key cannot be used (${reason})` },
      options,
    );
  if (/no matching/i.test(reason)) return new UserError('FILES_SIGN_IN', { host, user, reason }, options);
  return new RetryLater('REMOTE_UNREACHABLE', { host, reason }, options);
}
