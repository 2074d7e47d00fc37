import { hashText, mix } from '../../kit/random.ts';

const UNPROCESSED = -1;
const FAILED = -2;

export interface Failure {
  /** Of the record it was about; empty for one that was to be made. */
  id: string;
  error: string;
}

/** What became of each row of an upload. */
export class IngestOutcomes {
  processed = 0;
  /** By the number of the row. */
  readonly failures = new Map<number, Failure>();
  private readonly seed: number;
  private readonly records: Int32Array;
  private readonly created: Uint8Array;

  constructor(rows: number, jobId: string) {
    this.records = new Int32Array(rows).fill(UNPROCESSED);
    this.created = new Uint8Array(rows);
    this.seed = hashText(jobId);
  }

  succeed(row: number, record: number, created: boolean): void {
    this.records[row] = record;
    this.created[row] = created ? 1 : 0;
    this.processed++;
  }

  fail(row: number, id: string, error: string): void {
    this.records[row] = FAILED;
    this.failures.set(row, { id, error });
    this.processed++;
  }

  /** The record a row became, and whether it was made for it; only for rows of `succeeded`. */
  success(row: number): { record: number; created: boolean } {
    return { record: this.records[row]!, created: this.created[row] === 1 };
  }

  /** Result files never have the order of the upload. */
  succeeded(): Uint32Array {
    return this.shuffle((record) => record >= 0);
  }

  failed(): Uint32Array {
    return this.shuffle((record) => record === FAILED);
  }

  unprocessed(): Uint32Array {
    return this.shuffle((record) => record === UNPROCESSED);
  }

  private shuffle(belongs: (record: number) => boolean): Uint32Array {
    const rows = new Uint32Array(this.records.length);
    let count = 0;
    for (let row = 0; row < this.records.length; row++) {
      if (!belongs(this.records[row]!)) continue;
      const other = mix(row, this.seed) % (count + 1);
      rows[count] = rows[other]!;
      rows[other] = row;
      count++;
    }
    return rows.subarray(0, count);
  }
}
