/**
 * Writing into a CRM. Nothing here repeats a request: who asks keeps a ledger, and decides by what the answer was whether a
 * request may be sent again.
 */
import type { Cell } from './types.ts';

export type WriteOperation = 'insert' | 'update' | 'upsert' | 'delete';

export interface RecordWrite {
  /** The record id: for `update` and `delete`, and for `insert` one of `CrmWriter.newId`, where there is that; null for the others. */
  id: string | null;
  /**
   * Canonical cells by field. Null clears the field; a field left out stays as it is. A path such as `Account.Number__c` names
   * the related record by its key. For `upsert` the key field is among them, and never null. Empty for `delete`.
   */
  values: Readonly<Record<string, Cell>>;
}

export interface WriteRequest {
  object: string;
  operation: WriteOperation;
  /** The field by which `upsert` finds a record; it cannot be the record id. */
  keyField?: string;
  /** Which of the CRM's own assignment rules is applied; left out: as the CRM does without a word on it. */
  assignmentRule?: string;
  /** At most `CrmWriter.most`. Those with an id or a key that is there twice, as the CRM compares them, are refused, all of them. */
  records: readonly RecordWrite[];
  /** Each record is written or refused by itself, also where all together would be cheaper: never rejects with RefusedTogether. */
  apart?: true;
}

/** What became of one record. */
export type RecordResult = { outcome: 'written'; id: string; created: boolean } | RecordRefusal;

export interface RecordRefusal {
  outcome: 'refused';
  /** Syncline's code for the family of the reason, such as `REQUIRED_MISSING`, or `REMOTE_REFUSED`. */
  code: string;
  /** The CRM's own word, such as `REQUIRED_FIELD_MISSING`. */
  symbol: string;
  message: string;
  fields: readonly string[];
  /** Nothing is wrong with the record: sent again it may be written, as after a lock. */
  passing: boolean;
}

/**
 * The request was sent and its answer lost, be it that a stop did not wait for it: all, some or none of it may be written. Whoever sees it asks the CRM before it
 * sends anything again. Every other rejection of a write says that nothing was written.
 */
export class AnswerLost extends Error {
  override readonly name = 'AnswerLost';
}

/**
 * All records of a request were refused, and none was written, for the sake of some: the CRM does not say of which. Half of them
 * at a time, and `apart` at last, finds them.
 */
export class RefusedTogether extends Error {
  override readonly name = 'RefusedTogether';
  /** Something in a record may be the reason; false: any part of them would be refused as well, so that halves tell nothing. */
  readonly isOfRecord: boolean;

  constructor(message: string, isOfRecord: boolean) {
    super(message);
    this.isOfRecord = isOfRecord;
  }
}

/** How long a request may be on its way. Kept beside the ledger of who asks: nothing is repeated before it is over. */
export interface SendLimit {
  /** Called at the last moment before the request leaves, once more for one that a new session repeats. What it throws comes back as it is: nothing was written. */
  check(): void;
  /** Aborted: an answer that has not come by then is lost. */
  signal: AbortSignal;
}

export interface CrmWriter {
  /** Most records of one `write`. */
  readonly most: number;
  /** From how many records on a job is the cheaper way. */
  readonly worthAJob: number;
  /** Calls that the CRM counts for so many records: by requests, or by one job. */
  callsFor(records: number, way: 'requests' | 'job'): number;
  /**
   * One request. A result for each record, in their order. Rejects with AnswerLost, RefusedTogether, UserError or RetryLater; a
   * UserError may be about a single one of the records, too: asked for less at a time, it tells.
   */
  write(request: WriteRequest, limit?: SendLimit): Promise<RecordResult[]>;
  /**
   * The id for a new record, the same for the same text: a second record is refused with ALREADY_EXISTS, so that an insert whose
   * answer was lost can be looked up, and sent again. Left out where the CRM makes the ids.
   */
  newId?(text: string): string;
  /**
   * Brings deleted records of an object back, at most `most`. What the CRM does not keep is made anew with its id and `values`,
   * where the object's details have `remade` and there are values; nothing that is there is ever changed. Rejects as `write` does:
   * after AnswerLost, some may be there. Left out where the CRM cannot.
   */
  undelete?(object: string, records: readonly RecordWrite[], limit?: SendLimit): Promise<RecordResult[]>;
  /** Deleted records cannot be read: only trying tells which of them can be brought back. */
  readonly hidesDeleted?: true;
  /** Left out where the CRM has no jobs. */
  readonly jobs?: WriteJobs;
}

export interface JobRequest extends Omit<WriteRequest, 'records'> {
  /** Fields of every record, in the order of the file. A record without one of them leaves it as it is. `Id` for `update` and `delete`. */
  fields: readonly string[];
}

export interface JobState {
  /** `open`: nothing is written, more may be uploaded. `gone`: the CRM does not know it (any more). */
  state: 'open' | 'working' | 'done' | 'failed' | 'aborted' | 'gone';
  /** Records the CRM has looked at, refused ones included. */
  processed: number;
  /** Why a job as a whole failed; null otherwise. Part of it may be written all the same. */
  message: string | null;
}

/**
 * Writes of any size as a job of the CRM's own. The id of a job is known before anything of it is written, so that it can be
 * kept first: whatever happens afterwards, the job can be asked what it has done.
 */
export interface WriteJobs {
  /** Most records, and most bytes of `sizeOf` together, of one job. */
  readonly most: { records: number; bytes: number };
  sizeOf(request: JobRequest, record: RecordWrite): number;
  /**
   * Why no job can carry this record, as what is too long for one; null: it can. Such a record goes by `write`, or is refused
   * with this where only a job would do.
   */
  unfit(request: JobRequest, record: RecordWrite): RecordRefusal | null;
  /** Makes an empty job. One whose answer was lost writes nothing: another is made. */
  open(request: JobRequest): Promise<string>;
  /** Uploads all records, once; the job is still open. Rejects with RetryLater when it was cut: abort that job and open another. */
  upload(job: string, request: JobRequest, records: AsyncIterable<readonly RecordWrite[]>): Promise<void>;
  /** From now on the CRM works on it. May be called again when its answer was lost. */
  start(job: string): Promise<void>;
  state(job: string): Promise<JobState>;
  /** Ends a job that is open or at work. What it has written by then stays written, and its results tell. */
  abort(job: string): Promise<void>;
  /** Results in pages, in any order, of a job that is done, failed or aborted. What is in none of them was not processed. */
  results(job: string, request: JobRequest): AsyncIterable<JobResult[]>;
  /** The mark by which a result is found again: equal records have equal marks. */
  markOf(request: JobRequest, record: RecordWrite): string;
  /** Removes the job and its files at the CRM. A job that is gone is no error. */
  remove(job: string): Promise<void>;
}

/** Results with equal marks are those of equal records: which is whose does not matter. */
export interface JobResult {
  mark: string;
  /** `unprocessed`: nothing was written. */
  result: RecordResult | { outcome: 'unprocessed' };
}
