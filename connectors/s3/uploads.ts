/** Parts of uploads that nobody has ended: they are paid for, and seen nowhere. Only those that are known to be ours are ended. */
import type {
  CreateMultipartUploadCommandInput,
  CreateMultipartUploadCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3';
import type { ConnectorHost } from '../../contract/connector.ts';
import type { UploadMarks } from '../../contract/files.ts';
import { httpStatus, isUploadGone, nameOfError } from './errors.ts';

interface StoredObject {
  Bucket: string;
  Key: string;
}

/** Of stores that do not let us end an upload, or do not know how. */
const refusals = new Set([403, 405, 501]);

/** Uploads by their ids, which are written down before their first parts are sent. */
export class Uploads {
  readonly #sdk: S3Client;
  readonly #log: ConnectorHost['log'];
  /** Who writes down what is begun, by the key of the file. */
  readonly #marks = new Map<string, UploadMarks>();

  constructor(sdk: S3Client, log: ConnectorHost['log']) {
    this.#sdk = sdk;
    this.#log = log;
    // The id is known nowhere else before parts leave.
    sdk.middlewareStack.add(
      (next, { commandName }) =>
        async (call) => {
          const result = await next(call);
          if (commandName === 'CreateMultipartUploadCommand')
            await this.#begun(
              call.input as CreateMultipartUploadCommandInput,
              result.output as CreateMultipartUploadCommandOutput,
            );
          return result;
        },
      { step: 'initialize', name: 'writeDownUploads' },
    );
  }

  /** While `work` writes a file; what earlier attempts have begun of it is ended first. */
  async during<T>(object: StoredObject, marks: UploadMarks | undefined, work: () => Promise<T>): Promise<T> {
    if (!marks) return work();
    for (const id of await marks.earlier()) await this.#end(object, id);
    this.#marks.set(object.Key, marks);
    try {
      return await work();
    } finally {
      this.#marks.delete(object.Key);
    }
  }

  async #begun(
    { Bucket = '', Key = '' }: CreateMultipartUploadCommandInput,
    { UploadId = '' }: CreateMultipartUploadCommandOutput,
  ) {
    try {
      await this.#marks.get(Key)?.begun(UploadId);
    } catch (error) {
      await this.#end({ Bucket, Key }, UploadId);
      throw error;
    }
  }

  /** One that was made whole, or was ended, by its own attempt meanwhile is over. Who may not end it leaves it to the bucket's lifecycle rule. */
  async #end(object: StoredObject, UploadId: string): Promise<void> {
    try {
      await this.#sdk.send(new AbortMultipartUploadCommand({ ...object, UploadId }));
    } catch (error) {
      if (isUploadGone(error)) return;
      if (!refusals.has(httpStatus(error))) throw error;
      this.#log('warning', `Parts of ${object.Key} that an earlier attempt left behind stay: ${nameOfError(error)}.`);
    }
  }
}
