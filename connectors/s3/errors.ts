/** What S3 and STS say, in the words of the contract. */
import { RetryLater, UserError } from '../../contract/errors.ts';
import { isForeign } from '../kit/faults.ts';

export interface Place {
  bucket: string;
  region: string;
  host: string;
}

/** What the SDK throws for an answer of the service. */
interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
  Region?: string;
}

const notReached =
  /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w+|TimeoutError|RequestTimeout|NetworkingError)$/;
const busy =
  /^(SlowDown|ServiceUnavailable|InternalError|Throttling\w*|TooManyRequests\w*|RequestLimitExceeded|OperationAborted|503|500|502|504)$/;
const wrongKeys =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|InvalidToken|AuthFailure|CredentialsProviderError|AuthorizationHeaderMalformed)$/;
const passing = /^(ExpiredToken\w*|RequestTimeTooSkewed|BadDigest|IncompleteBody|XAmzContentSHA256Mismatch)$/;

export const nameOfError = (error: unknown): string => (error instanceof Error ? error.name : '');
export const httpStatus = (error: unknown): number => (error as ServiceError).$metadata?.httpStatusCode ?? 0;

/** An upload in parts that somebody else has ended, or that is over: no file is missing. */
export const isUploadGone = (error: unknown): boolean => nameOfError(error) === 'NoSuchUpload';

/** `404` without a body is how a HEAD says it. */
export const isMissing = (error: unknown): boolean =>
  /^(NoSuchKey|NotFound|404)$/.test(nameOfError(error)) ||
  (httpStatus(error) === 404 && nameOfError(error) !== 'NoSuchBucket' && !isUploadGone(error));

/** Where the bucket lies, if that is what is wrong. */
function otherRegion(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { $response, Region, $metadata } = error as ServiceError;
  const moved =
    $metadata?.httpStatusCode === 301 ||
    /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(error.name);
  if (!moved && $metadata?.httpStatusCode !== 400) return null;
  return (
    $response?.headers?.['x-amz-bucket-region'] ?? Region ?? /expecting '([a-z0-9-]+)'/.exec(error.message)?.[1] ?? null
  );
}

const sentence = (error: Error): string => (error.message || error.name).trim().replace(/\.$/, '').slice(0, 300);

/** Ours pass as they are. `path` is the place of the file, or of the bucket. */
export function explain(error: unknown, action: string, path: string, place: Place): unknown {
  if (!isForeign(error)) return error;
  const options = { cause: error };
  const { bucket, region, host } = place;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const status = httpStatus(error);
  const found = otherRegion(error);
  if (found !== null && found !== region) return new UserError('BUCKET_ELSEWHERE', { bucket, found, region }, options);
  if (error.name === 'NoSuchBucket') return new UserError('BUCKET_MISSING', { bucket, host }, options);
  if (isMissing(error)) return new UserError('FILE_MISSING', { path }, options);
  if (wrongKeys.test(error.name))
    return new UserError('FILES_SIGN_IN', { host, user: 'us', reason: sentence(error) }, options);
  if (/^(QuotaExceeded|EntityTooLarge|InsufficientStorage)$/.test(error.name))
    return new RetryLater('FILE_NO_ROOM', { path, reason: sentence(error) }, options);
  if (isUploadGone(error) || passing.test(error.name) || busy.test(error.name) || status >= 500 || status === 429)
    return new RetryLater('REMOTE_BUSY', { status: status || error.name, reason: sentence(error) }, options);
  if (status === 403) return new UserError('FILE_NOT_ALLOWED', { action, path }, options);
  if (status >= 300) return new UserError('FILE_REFUSED', { action, path, reason: sentence(error) }, options);
  if (notReached.test(code) || /socket|aborted|terminated|timed? ?out/i.test(error.message))
    return new RetryLater('REMOTE_UNREACHABLE', { host, reason: sentence(error) }, options);
  return error;
}
