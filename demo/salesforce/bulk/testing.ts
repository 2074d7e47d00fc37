import { setTimeout } from 'node:timers/promises';
import type { TestOrg } from '../testing.ts';

/** What an answer says of a job. */
export interface JobAnswer {
  id: string;
  state: string;
  numberRecordsProcessed: number;
  numberRecordsFailed?: number;
  retries: number;
  errorMessage?: string;
}

const BETWEEN_LOOKS_MS = 5;

/** Asks for a job until it is over. */
export async function waitForJob(
  org: TestOrg,
  kind: 'query' | 'ingest',
  id: string,
  see: (job: JobAnswer) => void = () => undefined,
): Promise<JobAnswer> {
  for (;;) {
    const job = (await org.call('GET', `/jobs/${kind}/${id}`)).body as JobAnswer;
    see(job);
    if (['JobComplete', 'Failed', 'Aborted'].includes(job.state)) return job;
    await setTimeout(BETWEEN_LOOKS_MS);
  }
}

/** The rows of a CSV file with commas by the names of their columns; only quoted cells, as results have them. */
export function readCsv(text: string): Record<string, string>[] {
  const rows = [...text.matchAll(/"((?:[^"]|"")*)"(,|\r?\n)/g)].reduce<string[][]>(
    (read, [, cell, after]) => {
      read.at(-1)!.push(cell!.replaceAll('""', '"'));
      if (after !== ',') read.push([]);
      return read;
    },
    [[]],
  );
  const [names, ...records] = rows.slice(0, -1);
  return records.map((cells) => Object.fromEntries(cells.map((cell, i) => [names![i]!, cell])));
}
