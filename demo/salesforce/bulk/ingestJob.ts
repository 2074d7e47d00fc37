import type { Field } from '../objects/field.ts';
import type { IngestOutcomes } from './ingestOutcomes.ts';
import type { Job } from './job.ts';
import type { UploadedRows } from './uploadedRows.ts';

export type IngestOperation = 'insert' | 'update' | 'upsert' | 'delete' | 'hardDelete';

export interface IngestJob extends Job {
  jobType: 'V2Ingest';
  operation: IngestOperation;
  /** The field whose value tells what record of the organisation a row is; only for an upsert. */
  keyField: Field | null;
  assignmentRuleId: string | null;
  data: Buffer | null;
  /** Null until the data could be read. */
  upload: { rows: UploadedRows; outcomes: IngestOutcomes } | null;
}
