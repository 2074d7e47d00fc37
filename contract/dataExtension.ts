/** Data extensions of Marketing Cloud: tables of rows that are found by a primary key. */
import type { ErrorCode } from './errors.ts';
import type { Cell, ColumnType } from './types.ts';
import type { SendLimit } from './write.ts';

/** A column of a data extension. */
export interface ExtensionColumn {
  name: string;
  /** The remote system's own word, for example `EmailAddress`. */
  remoteType: string;
  /** Characters of a text, digits of a decimal; left out where the type has none. */
  length?: number;
  type: ColumnType;
  /** A part of the primary key. */
  key: boolean;
  /** A new row is refused without a value. */
  required: boolean;
}

/** A data extension as a list of them shows it. */
export interface ExtensionEntry {
  key: string;
  name: string;
  /** Names of the folders it lies in, from the outermost on: `Data Extensions / CRM`; empty where they are not told. */
  folder: string;
}

/** A data extension of Marketing Cloud, with its columns in their order. Names and keys mean the same in any case. */
export interface DataExtension {
  key: string;
  name: string;
  columns: ExtensionColumn[];
}

/** What became of a row that was sent. */
export type RowOutcome =
  | { ok: true }
  /** `fields` are names of columns of the data extension. */
  | { ok: false; code: ErrorCode; symbol: string; message: string; fields: string[] };

/** What a client does with data extensions. */
export interface DataExtensions {
  /** All of the business unit, by name. */
  list(): Promise<ExtensionEntry[]>;
  /** How many rows it holds; null where that is not told. */
  count(extension: Pick<DataExtension, 'key'>): Promise<number | null>;
  /** What `addColumns` makes for values of a type, in the remote system's words: `Decimal 19,0`. */
  newType(type: ColumnType): string;
  /** Rejects with EXTENSION_UNKNOWN. */
  extension(key: string): Promise<DataExtension>;
  /** Adds columns that may be empty; those that are there already stay as they are. Rejects with EXTENSION_REFUSED. */
  addColumns(
    extension: DataExtension,
    columns: readonly Pick<ExtensionColumn, 'name' | 'type'>[],
  ): Promise<DataExtension>;
  /** The form in which two values of a key column are one, so that keys can be compared here as they are there. */
  keyForm(column: ExtensionColumn, cell: Cell): string;
  /** For each key, in the order of the key columns: whether the data extension has its row. */
  hasRows(extension: DataExtension, keys: readonly Cell[][]): Promise<boolean[]>;
  /** Most rows, and characters of their JSON, that are sent at once. */
  readonly most: { rows: number; characters: number };
  /**
   * Adds or updates rows, found by their key; a column that a row does not name stays as it is. Resolves to the id of the
   * request when it was accepted. Sending the same rows again does no harm, unless newer ones have come since: so `limit`.
   */
  send(extension: DataExtension, rows: readonly Record<string, Cell>[], limit?: SendLimit): Promise<string>;
  /**
   * What became of the rows of a request, in their order; null while it is worked on, for some seconds at most. Rejects with
   * REQUEST_LOST when the outside system does not know it, or what became of its rows.
   */
  outcome(request: string, rows: number): Promise<RowOutcome[] | null>;
  /**
   * For each row whether the data extension holds it with exactly these values, as far as they are named; null: it has no row
   * with that key.
   */
  holds(extension: DataExtension, rows: readonly Record<string, Cell>[]): Promise<(boolean | null)[]>;
  /** A value as an import reads it in a file: text, without quotes. */
  fileText(column: ExtensionColumn, cell: Cell): string;
  /**
   * Starts the import of a file by the one definition that has the name, made or corrected before. Resolves to the id of its
   * task; to that of an earlier start of which nobody heard, where this very file is imported by it or was, unless that failed.
   * Rejects with RetryLater IMPORT_BUSY while an earlier file of the definition is not imported: it would be given ours.
   */
  startImport(extension: DataExtension, wanted: ImportOrder, limit?: SendLimit): Promise<string>;
  /** What became of an import, after some seconds at most. */
  importResult(task: string): Promise<ImportResult>;
}

/** A file that is to be imported. */
export interface ImportOrder {
  /** Of the definition; the same whenever the same rows go to the same place. */
  name: string;
  /** The file location, by its name in Marketing Cloud. */
  location: string;
  /** No other task has a file of that name. */
  file: string;
  adds: boolean;
}

export interface ImportResult {
  /** `working`: it goes on, as the remote system says; `untold`: it says nothing that tells. */
  state: 'completed' | 'failed' | 'working' | 'untold';
  /** The remote system's own, empty for none. */
  word: string;
  rows: number;
  successful: number;
}
