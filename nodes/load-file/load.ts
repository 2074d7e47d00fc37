/**
 * One file after another into the tables of records and rejects. What an earlier attempt has written is not written again; the
 * file that it had begun is read from its start all the same, and its records are only counted as far as they are there: packed
 * bytes unpack from the start alone, and where a record begins only the quotes before it tell.
 */
import type { FilesClient } from '../../contract/connector.ts';
import { RetryLater, UserError } from '../../contract/errors.ts';
import type { FileEntry } from '../../contract/files.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { Cell, Json } from '../../contract/types.ts';
import { canonicalJson } from '../../contract/types.ts';
import type { RejectReason } from '../kit/rejects.ts';
import { ownReason, rejectCells, withRejectColumns } from '../kit/rejects.ts';
import type { NodeContext, TableWriter } from '../kit/run.ts';
import { WriteBehind } from '../kit/writeBehind.ts';
import type { LoadFileConfig } from './config.ts';
import { loadedColumns, unreadColumns } from './config.ts';
import { converter, shownText } from './convert.ts';
import { delimitedReader } from './read/delimited.ts';
import { fixedReader, jsonLinesReader } from './read/lines.ts';
import type { RecordReader } from './read/reader.ts';
import { UnreadableText } from './read/reader.ts';
import { textPieces } from './read/text.ts';

/** Records and characters of one write. */
const batchRecords = 1_000;
const batchLength = 2_000_000;

/** Behind which record of which file the rows of a table end. */
interface Position {
  file: number;
  records: number;
  /** Of all files. */
  rejected: number;
}

export interface Loading {
  context: NodeContext<LoadFileConfig>;
  client: FilesClient;
  files: readonly FileEntry[];
}

/** `signature` names the tables: an attempt that finds other files begins anew. */
export async function loadFiles(
  loading: Loading,
  signature: string,
): Promise<{ records: TableRef; rejects: TableRef }> {
  const { context } = loading;
  const { config } = context;
  const open = (name: string, columns: Parameters<NodeContext['writer']>[0]['columns']) =>
    context.writer({ columns, name: `${name} ${signature}`, resume: true });
  const records = await open('records', loadedColumns(config));
  const rejects = await open('rejects', withRejectColumns(unreadColumns));
  const loader = new Loader(loading, records, rejects);
  try {
    for (let file = loader.begun; file < loading.files.length; file += 1) await loader.load(file);
  } finally {
    await loader.settle();
  }
  return { records: await records.finish(), rejects: await rejects.finish() };
}

class Loader {
  readonly #loading: Loading;
  readonly #records: TableWriter;
  readonly #rejects: TableWriter;
  readonly #behind: WriteBehind;
  readonly #convert: ReturnType<typeof converter>;
  /** Where an earlier attempt stopped. */
  readonly #from: Position;
  readonly #totalBytes: number;
  #bytes = 0;
  #rejected: number;
  #rows: Cell[][] = [];
  #rejectRows: Cell[][] = [];
  #length = 0;

  constructor(loading: Loading, records: TableWriter, rejects: TableWriter) {
    this.#loading = loading;
    this.#records = records;
    this.#rejects = rejects;
    this.#behind = new WriteBehind(records);
    this.#convert = converter(loading.context.config, loading.context.timeZone);
    this.#from = (records.position as Position | null) ?? { file: 0, records: 0, rejected: 0 };
    this.#rejected = this.#from.rejected;
    this.#totalBytes = loading.files.reduce((sum, { size }) => sum + size, 0);
  }

  get begun(): number {
    return this.#from.file;
  }

  settle(): Promise<void> {
    return this.#behind.settle();
  }

  /** Throws FILE_DAMAGED, FILE_HEADER or REJECT_LIMIT, and RetryLater FILE_CHANGED. */
  async load(file: number): Promise<void> {
    const { client, files } = this.#loading;
    const entry = files[file] as FileEntry;
    try {
      await this.#loadRecords(file, entry);
    } catch (error) {
      throw explainText(error, client.place(entry.path));
    }
    // A file that grows while it is read ends somewhere in the middle.
    if ((await client.stat(entry.path))?.version !== entry.version)
      throw new RetryLater('FILE_CHANGED', { path: client.place(entry.path) });
  }

  async #loadRecords(file: number, entry: FileEntry): Promise<void> {
    const { client, context } = this.#loading;
    const { config, signal } = context;
    const reader = readerOf(config);
    const skip = this.#from.file === file ? this.#from.records : 0;
    let seen = 0;
    const take = async (text: string, last: boolean): Promise<void> => {
      signal.throwIfAborted();
      const { records, lines, problems } = reader.read(text, last);
      for (let index = 0; index < records.length; index += 1) {
        seen += 1;
        if (seen <= skip) continue;
        const line = config.skipLines + (lines[index] ?? 0);
        this.#take(reader, records[index] ?? [], problems.get(index) ?? null, entry, line);
        const isFull = this.#rows.length + this.#rejectRows.length >= batchRecords || this.#length >= batchLength;
        if (isFull) await this.#write({ file, records: seen, rejected: this.#rejected });
      }
    };
    for await (const text of textPieces(this.#counted(client.read(entry.path)), config)) await take(text, false);
    await take('', true);
    await this.#write({ file: file + 1, records: 0, rejected: this.#rejected });
  }

  async *#counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  #take(reader: RecordReader, record: readonly Json[], problem: string | null, entry: FileEntry, line: number): void {
    const outcome =
      problem === null
        ? this.#convert(record, reader.places)
        : { reject: ownReason('LINE_MALFORMED', { line, reason: problem }) };
    if ('row' in outcome) {
      if (this.#loading.context.config.origin) outcome.row.push(entry.name, line);
      this.#rows.push(outcome.row);
      for (const cell of outcome.row) if (typeof cell === 'string') this.#length += cell.length;
      return;
    }
    const text = shownText(reader.textOf(record));
    this.#rejectRows.push([...rejectCells(outcome.reject), entry.name, line, text]);
    this.#length += text.length;
    this.#rejected += 1;
    this.#refuseMore(outcome.reject, entry, line);
  }

  #refuseMore({ message }: RejectReason, entry: FileEntry, line: number): void {
    const { rejectLimit: limit } = this.#loading.context.config;
    if (limit === 0 || this.#rejected <= limit) return;
    const reason = `line ${line}: ${message}`;
    throw new UserError('REJECT_LIMIT', { limit, path: this.#loading.client.place(entry.path), reason });
  }

  /** Rejects first; those that an earlier attempt had got so far with are not written again. */
  async #write(position: Position): Promise<void> {
    const { context } = this.#loading;
    await this.#behind.settle();
    const at = { ...position };
    const written = canonicalJson(this.#rejects.position) === canonicalJson(at);
    if (this.#rejectRows.length > 0 && !written) await this.#rejects.append(this.#rejectRows, { position: at });
    this.#behind.begin(this.#rows, { position: at });
    this.#rows = [];
    this.#rejectRows = [];
    this.#length = 0;
    const ports = { success: this.#records.count, reject: this.#rejects.count };
    context.progress(this.#bytes, this.#totalBytes, 'bytes', ports);
  }
}

function readerOf(config: LoadFileConfig): RecordReader {
  if (config.format === 'fixed') return fixedReader(config);
  if (config.format === 'jsonLines') return jsonLinesReader(config);
  return delimitedReader(config);
}

function explainText(error: unknown, path: string): unknown {
  if (!(error instanceof UnreadableText)) return error;
  const options = { cause: error };
  if (error.header) return new UserError('FILE_HEADER', { path, ...error.header }, options);
  return new UserError('FILE_DAMAGED', { path, reason: error.message }, options);
}
