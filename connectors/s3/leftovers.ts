/** Parts of uploads that nobody has ended: they are paid for, and seen nowhere. */
import type { S3Client } from '@aws-sdk/client-s3';
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { isUploadGone } from './errors.ts';

/** Milliseconds after which an upload of the same name is nobody's any more. */
const longest = 24 * 3_600_000;

interface Leftovers {
  object: { Bucket: string; Key: string };
  /** Uploads of earlier attempts of the same task are ours: however young, none of them may still become the file. */
  retried: boolean;
  now: Date;
  signal: AbortSignal;
}

/** Ends uploads of this very file that an earlier attempt has left behind. Resolves to how many there were. */
export async function endLeftovers(sdk: S3Client, { object, retried, now, signal }: Leftovers): Promise<number> {
  const { Bucket, Key } = object;
  const options = { abortSignal: signal };
  const { Uploads = [] } = await sdk.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }), options);
  const left = Uploads.filter(
    (one) => one.Key === Key && (retried || now.getTime() - (one.Initiated?.getTime() ?? 0) > longest),
  );
  for (const { UploadId } of left)
    await sdk.send(new AbortMultipartUploadCommand({ ...object, UploadId }), options).catch(passOver);
  return left.length;
}

/** One that has ended by itself meanwhile. */
function passOver(error: unknown): void {
  if (!isUploadGone(error)) throw error;
}
