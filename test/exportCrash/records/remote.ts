/** A CRM with a table of people that cases write to, and that only they write to. */
import type { Draw, Fault } from '../drawing.ts';
import type { Remote } from '../stage.ts';
import type { CrashCase } from './crashCase.ts';

/** A record as the organisation has it; of a row that arrives, what it wants it to be. */
export interface Person {
  id: string | null;
  key: string | null;
  last: string | null;
  title: string | null;
  /** All of a case are of one department, by which they are found again. */
  department: string | null;
}

export interface CrmRemote extends Remote {
  object: string;
  /** Remote names of the fields. */
  fields: Record<Exclude<keyof Person, 'id'>, string>;
  /** An id that no record has. */
  missingId(index: number): string;
  create(records: readonly Omit<Person, 'id'>[]): Promise<void>;
  /** Those of a department, by key. */
  read(department: string): Promise<Person[]>;
  /** The same, each with all that changes when it is written, even with what it holds already. */
  texts(department: string): Promise<string[]>;
}

/** What differs from one CRM to another in what is drawn. */
export interface CrmKind {
  /** Ways that are drawn from. */
  batches: readonly CrashCase['batches'][];
  byJob(drawn: Pick<CrashCase, 'batches' | 'kind' | 'rows'>): boolean;
  /** Whether now and then a row has a key that another record holds, which only the organisation knows. */
  takesKeys: boolean;
  /** As many as an undisturbed export takes, roughly. */
  requests(rows: number, byJob: boolean): number;
  fault(draw: Draw, rows: number, byJob: boolean): Fault;
  /** The kind of fault after which a session is over. */
  expiry: string;
  /** Faults after which a record may be refused although nothing is wrong with it. */
  refusing: readonly string[];
  open(): Promise<CrmRemote>;
}
