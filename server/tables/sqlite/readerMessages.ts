/** What the process of a SELECT is asked, one thing after the other, and what it answers. */
import type { LocalTable } from '../local/catalogue.ts';
import type { Reach, Statement } from '../query/reader.ts';

export type ReaderRequest =
  | { type: 'tables' }
  | { type: 'open'; nothing: Statement; reach: Reach }
  | { type: 'begin'; statement: Statement }
  /** The rows that follow; none: there are no more. */
  | { type: 'page' };

export interface ReaderAnswers {
  tables: LocalTable[];
  open: string[];
  begin: null;
  page: string[];
}

export type ReaderReply =
  | { type: 'answer'; value: ReaderAnswers[keyof ReaderAnswers] }
  | { type: 'refused'; reason: string }
  /** With a code: an error of the database. */
  | { type: 'failed'; code: string | null; message: string };
