import type { Call } from '../call.ts';
import { csvStream, type Reply } from '../reply.ts';
import { Slices } from '../store/slices.ts';
import { invalidState } from './answers.ts';
import { LINE_ENDS, quote } from './csv.ts';
import { ingestJob } from './ingest.ts';
import type { IngestJob } from './ingestJob.ts';
import { DELIMITERS, isOver } from './job.ts';

const CHUNK_LINES = 256;

type Upload = NonNullable<IngestJob['upload']>;

/** One of the three result files. */
interface ResultFile {
  /** Columns before those of the upload. */
  names: string[];
  rows: Uint32Array;
  cells: (row: number) => string[];
}

/** GET /jobs/ingest/{id}/successfulResults */
export function readSuccesses(call: Call): Reply {
  return answer(call, ({ table }, { outcomes }) => {
    const cells = (row: number): string[] => {
      const { record, created } = outcomes.success(row);
      return [table.idOf(record), String(created)];
    };
    return { names: ['sf__Id', 'sf__Created'], rows: outcomes.succeeded(), cells };
  });
}

/** GET /jobs/ingest/{id}/failedResults */
export function readFailures(call: Call): Reply {
  return answer(call, (_job, { outcomes }) => {
    const cells = (row: number): string[] => {
      const { id, error } = outcomes.failures.get(row)!;
      return [id, error];
    };
    return { names: ['sf__Id', 'sf__Error'], rows: outcomes.failed(), cells };
  });
}

/** GET /jobs/ingest/{id}/unprocessedrecords */
export function readUnprocessed(call: Call): Reply {
  return answer(call, (_job, { outcomes }) => ({ names: [], rows: outcomes.unprocessed(), cells: () => [] }));
}

function answer(call: Call, choose: (job: IngestJob, upload: Upload) => ResultFile): Reply {
  const job = ingestJob(call);
  if (!isOver(job)) throw invalidState(`The job has no results in state ${job.state}`);
  const { upload } = job;
  // Data that could not be read has no rows to tell of.
  if (upload === null) return { status: 200, contentType: 'text/csv', body: '', headers: {} };
  const file = choose(job, upload);
  return csvStream(() => lines(job, upload, file), {});
}

/** Every column of the upload comes back beside what became of the row. */
async function* lines(
  job: IngestJob,
  { rows: uploaded }: Upload,
  { names, rows, cells }: ResultFile,
): AsyncGenerator<string> {
  const write = lineWriter(job);
  let text = write([...names, ...uploaded.header]);
  const slices = new Slices();
  for (let i = 0; i < rows.length; i++) {
    text += write([...cells(rows[i]!), ...padded(uploaded.cells(rows[i]!), uploaded.header.length)]);
    if (i % CHUNK_LINES !== 0) continue;
    yield text;
    text = '';
    if (slices.due) await slices.pause();
  }
  yield text;
}

function lineWriter({ columnDelimiter, lineEnding }: IngestJob): (cells: string[]) => string {
  const delimiter = DELIMITERS[columnDelimiter];
  return (cells) => cells.map(quote).join(delimiter) + LINE_ENDS[lineEnding];
}

function padded(cells: string[], length: number): string[] {
  return cells.length < length ? [...cells, ...new Array<string>(length - cells.length).fill('')] : cells;
}
