/** Files in a bucket of S3. A file appears there as a whole, when its last part has arrived: no draft is needed. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput, HeadObjectCommandOutput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client as Sdk,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ConnectorHost, FilesClient, Identity } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { FileEntry, FileWrite, WrittenFile } from '../../contract/files.ts';
import { filePath, folderPath, joinPath, nameOf, watchContent } from '../../contract/files.ts';
import { FileFaults } from '../kit/fileFaults.ts';
import { credentialsOf, whoWeAre } from './credentials.ts';
import type { S3Settings } from './definition.ts';
import { explain, isMissing } from './errors.ts';
import { Uploads } from './uploads.ts';

/** Parts of an upload: S3 takes 10,000 of at least 5 MiB. Four are under way at once, and in memory. */
const leastPart = 8 * 1024 * 1024;
const mostParts = 9_000;
const partsAtOnce = 4;

export async function open(host: ConnectorHost<S3Settings>): Promise<FilesClient> {
  return new S3Client(host);
}

class S3Client implements FilesClient {
  readonly kind = 's3';
  readonly capability = 'files';
  readonly #host: ConnectorHost<S3Settings>;
  readonly #faults: FileFaults;
  readonly #sdk: Sdk;
  readonly #uploads: Uploads;
  readonly #folder: string;
  readonly #bucket: { Bucket: string };

  constructor(host: ConnectorHost<S3Settings>) {
    this.#host = host;
    this.#faults = new FileFaults(host, (...about) => this.#explain(...about));
    this.#sdk = new Sdk(sdkSettings(host));
    this.#uploads = new Uploads(this.#sdk, host.log);
    this.#folder = folderPath(host.settings.folder);
    this.#bucket = { Bucket: host.settings.bucket };
  }

  async verify(): Promise<Identity> {
    const { bucket, region, auth, accessKeyId, roleArn } = this.#host.settings;
    if (auth === 'role') await this.#fillPolicies();
    const head = await this.#faults.during('list', '', () =>
      this.#sdk.send(new HeadBucketCommand(this.#bucket), this.#options),
    );
    const identity = { keys: accessKeyId, chain: 'this machine', role: roleArn }[auth];
    return {
      identity,
      organisation: `s3://${bucket}`,
      details: [
        { label: 'Bucket', value: bucket },
        { label: 'Region', value: head.BucketRegion ?? region },
      ],
    };
  }

  /** What the policies of a role have to name, if nobody has entered it: who we are, and an id that nobody can guess. */
  async #fillPolicies(): Promise<void> {
    const { principal, externalId, roleArn } = this.#host.settings;
    const found: Partial<S3Settings> = {
      ...(principal === '' ? { principal: await whoWeAre(this.#host) } : {}),
      ...(externalId === '' ? { externalId: `syncline-${randomUUID()}` } : {}),
    };
    if (Object.keys(found).length > 0) await this.#host.store?.(found);
    if (roleArn === '')
      throw new UserError('CONFIG_INVALID', {
        field: 'Role',
        reason: 'create it with the policies shown beside the form, then copy its ARN',
      });
  }

  place(path: string): string {
    return `s3://${this.#host.settings.bucket}/${joinPath(this.#folder, path)}`;
  }

  async *list(folder: string): AsyncGenerator<FileEntry[]> {
    const below = folderPath(folder);
    const prefix = this.#key(below);
    const Prefix = prefix === '' ? '' : `${prefix}/`;
    for (let token: string | undefined; ; ) {
      const asked = { ...this.#bucket, Prefix, Delimiter: '/', ...(token ? { ContinuationToken: token } : {}) };
      const page = await this.#faults.during('list', below, () =>
        this.#sdk.send(new ListObjectsV2Command(asked), this.#options),
      );
      yield (page.Contents ?? []).flatMap(({ Key = '', Size = 0, LastModified, ETag }) => {
        const name = Key.slice(Prefix.length);
        // Some programs mark a folder by an empty file of its name.
        return name === '' ? [] : [entryOf(joinPath(below, name), { ContentLength: Size, LastModified, ETag })];
      });
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
      if (!token) return;
    }
  }

  async stat(path: string): Promise<FileEntry | null> {
    const clean = filePath(path);
    const head = await this.#faults.during('read', clean, () => this.#head(clean));
    return head && entryOf(clean, head);
  }

  async #head(path: string): Promise<HeadObjectCommandOutput | null> {
    try {
      return await this.#sdk.send(new HeadObjectCommand(this.#object(path)), this.#options);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async exists(path: string): Promise<boolean> {
    return (await this.stat(path)) !== null;
  }

  async *read(path: string, from = 0): AsyncGenerator<Uint8Array> {
    const clean = filePath(path);
    try {
      const { size } = (await this.stat(clean)) ?? { size: 0 };
      // A range behind the end is refused; of an empty file too.
      if (size > 0 && from >= size) return;
      const range = from > 0 ? { Range: `bytes=${from}-` } : {};
      const got = await this.#sdk.send(new GetObjectCommand({ ...this.#object(clean), ...range }), this.#options);
      yield* wholeBody(got, this.place(clean));
    } catch (error) {
      throw this.#faults.of(error, 'read', clean);
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, how: FileWrite): Promise<WrittenFile> {
    const clean = filePath(path);
    const watched = watchContent(content);
    try {
      this.#host.signal.throwIfAborted();
      const done = await this.#uploads.during(this.#object(clean), how.uploads, () =>
        this.#upload(clean, watched.bytes, how.size ?? 0),
      );
      const found = (await this.#head(clean))?.ContentLength ?? 0;
      const { size } = watched;
      if (found !== size) throw new RetryLater('FILE_CUT', { path: this.place(clean), found, expected: size });
      const checksum = done.ChecksumCRC32 ?? done.ChecksumCRC64NVME;
      return { size, checksum: checksum ? `${done.ChecksumCRC32 ? 'CRC32' : 'CRC64NVME'} ${checksum}` : null };
    } catch (error) {
      if (watched.failure) throw watched.failure.error;
      throw this.#faults.of(error, 'write', clean);
    }
  }

  async #upload(path: string, content: AsyncIterable<Uint8Array>, known: number) {
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    this.#host.signal.addEventListener('abort', abort, { once: true });
    try {
      return await new Upload({
        client: this.#sdk,
        params: { ...this.#object(path), ...encryptionOf(this.#host.settings), Body: Readable.from(content) },
        partSize: Math.max(leastPart, Math.ceil(known / mostParts)),
        queueSize: partsAtOnce,
        abortController: stop,
      }).done();
    } finally {
      this.#host.signal.removeEventListener('abort', abort);
    }
  }

  /** S3 has no rename: it is copied there, then removed here. A copy of more than 5 GB is refused by S3. */
  async move(from: string, to: string): Promise<void> {
    const [source, target] = [filePath(from), filePath(to)];
    const { bucket } = this.#host.settings;
    const CopySource = [bucket, ...this.#key(source).split('/')].map(encodeURIComponent).join('/');
    await this.#faults.during('move', source, async () => {
      const copy = { ...this.#object(target), ...encryptionOf(this.#host.settings), CopySource };
      await this.#sdk.send(new CopyObjectCommand(copy), this.#options);
      if (source !== target) await this.#sdk.send(new DeleteObjectCommand(this.#object(source)), this.#options);
    });
  }

  async remove(path: string): Promise<boolean> {
    const clean = filePath(path);
    return this.#faults.during('remove', clean, async () => {
      if (!(await this.#head(clean))) return false;
      await this.#sdk.send(new DeleteObjectCommand(this.#object(clean)), this.#options);
      return true;
    });
  }

  async close(): Promise<void> {
    this.#sdk.destroy();
  }

  get #options(): { abortSignal: AbortSignal } {
    return { abortSignal: this.#host.signal };
  }

  #key(path: string): string {
    return joinPath(this.#folder, path).replace(/\/$/, '');
  }

  #object(path: string): { Bucket: string; Key: string } {
    return { ...this.#bucket, Key: this.#key(path) };
  }

  #explain(error: unknown, action: string, path: string): unknown {
    const { bucket, region, useEndpoint, endpoint } = this.#host.settings;
    const host = useEndpoint ? endpoint.replace(/^https?:\/\//, '') : `s3.${region}.amazonaws.com`;
    return explain(error, action, this.place(path), { bucket, region, host });
  }
}

function sdkSettings(host: ConnectorHost<S3Settings>) {
  const { region, useEndpoint, endpoint, pathStyle, checksums } = host.settings;
  const credentials = credentialsOf(host);
  const calculated = useEndpoint && checksums === 'required' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  return {
    region,
    maxAttempts: 3,
    requestChecksumCalculation: calculated,
    responseChecksumValidation: calculated,
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 120_000 },
    ...(credentials ? { credentials } : {}),
    ...(useEndpoint ? { endpoint, forcePathStyle: pathStyle } : {}),
  } as const;
}

function encryptionOf({
  encryption,
  kmsKey,
}: S3Settings): Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  if (encryption === 'bucket') return {};
  if (encryption === 's3') return { ServerSideEncryption: 'AES256' };
  return { ServerSideEncryption: 'aws:kms', ...(kmsKey === '' ? {} : { SSEKMSKeyId: kmsKey }) };
}

/** A connection that is cut must not look like the end of the file. */
async function* wholeBody({ Body, ContentLength }: GetObjectCommandOutput, path: string): AsyncGenerator<Uint8Array> {
  if (!(Body instanceof Readable))
    throw new UserError('REMOTE_NOT_UNDERSTOOD', { reason: `${path} came without content` });
  let found = 0;
  for await (const chunk of Body) {
    found += (chunk as Uint8Array).length;
    yield chunk as Uint8Array;
  }
  if (ContentLength !== undefined && found !== ContentLength)
    throw new RetryLater('FILE_CUT', { path, found, expected: ContentLength });
}

type Head = Pick<HeadObjectCommandOutput, 'ContentLength' | 'LastModified' | 'ETag'>;

function entryOf(
  path: string,
  { ContentLength: size = 0, LastModified, ETag = '' }: { [Name in keyof Head]: Head[Name] | undefined },
): FileEntry {
  const modifiedAt = (LastModified ?? new Date(0)).toISOString();
  return { path, name: nameOf(path), size, modifiedAt, version: `${size}-${ETag.replaceAll('"', '')}` };
}
