/**
 * What a connector is: a form for its settings (anywhere) and a client (server only). Nodes see clients through
 * `ctx.connect(name)`, never the connector's folder.
 */

import type { z } from 'zod';
import type { CallBudget, CallUsage } from './callBudget.ts';
import type { DatabaseTable, DatabaseWrite } from './database.ts';
import type { DataExtensions } from './dataExtension.ts';
import { UserError } from './errors.ts';
import type { FileEntry, FileWrite, WrittenFile } from './files.ts';
import type { FilterOperator, ResolvedFilter } from './filter.ts';
import type { Capability, CrmAbility, FormField, Guide, ShownWhen } from './form.ts';
import type { RemadeRecords, RemoteHistory, RemoteMove } from './recordTrail.ts';
import type { Cell, ColumnType, Json } from './types.ts';
import type { CrmWriter } from './write.ts';

/** `connectors/<kind>/definition.ts` exports one as `definition`. Imports contract and zod only. */
export interface ConnectorDefinition<Settings = unknown> {
  /** The folder's name, and the `kind` in the connections table. */
  kind: string;
  label: string;
  description: string;
  /** Name of a Tabler icon, for example `IconCloud`. */
  icon: string;
  capabilities: readonly (Capability | CrmAbility)[];
  settings: z.ZodType<Settings>;
  defaults: Settings;
  form: FormField[];
  /** Names of settings that are secret: encrypted at rest, never sent to a browser, never logged. */
  secrets: readonly string[];
  /** What a person does in the outside system first, shown beside the form. */
  guide?: Guide;
  /** Of a CRM that tells no number of calls that it allows: what it documents, for people. */
  callLimits?: string;
  /** By which settings the client has `personal` or `proof`, so that a page can offer them. */
  offers?: { personal?: ShownWhen; proof?: ShownWhen };
}

/** What a client is given. Secrets are in the settings, in clear, here only. */
export interface ConnectorHost<Settings = unknown> {
  settings: Settings;
  connectionName: string;
  clock: { now(): Date };
  log(level: 'debug' | 'info' | 'warning', message: string, details?: Record<string, unknown>): void;
  signal: AbortSignal;
  /** The budget of the connection, shared by all runs; left out where nobody counts. */
  calls?: CallBudget;
  /**
   * Keeps settings that the outside system replaced while it was used, such as a rotated refresh token. Resolves when they
   * are stored, together or not at all; a client uses the new ones only then. Rejects with UserError CONFLICT when others have
   * replaced one of them since this client saw it. Left out where nothing can be stored.
   */
  store?(settings: Partial<Settings>): Promise<void>;
  /**
   * Does `work` while nobody else, in no process, does so for this connection, with the settings as they are stored then.
   * `work` ends within half a minute. Left out where nothing can be stored.
   */
  alone?<T>(work: (settings: Settings) => Promise<T>): Promise<T>;
  /** A folder of the instance, the only one in which a client may keep files. Left out where nothing can be kept. */
  folder?: string;
}

/** Who a connection signs in as, and where. */
export interface Identity {
  identity: string;
  organisation: string;
  details: { label: string; value: string }[];
}

/** Signing in by a person, in the browser. What it grants is kept with the connection, through `ConnectorHost.store`. */
export interface PersonalSignIn {
  /**
   * The address of the page, and the secret that the answer is of use with: it stays on this server.
   * `callbackUrl` is where the person should come back to; `redirectUri` is where the page will lead.
   */
  begin(request: { callbackUrl: string; state: string }): { url: string; redirectUri: string; verifier: string };
  /** Takes the code that the page gave. Rejects as every call does. */
  finish(answer: { code: string; redirectUri: string; verifier: string }): Promise<void>;
}

/** What every client can do, whatever its kind. */
interface Client {
  /** The connector's folder. */
  readonly kind: string;
  /** Signs in and asks who we are. */
  verify(): Promise<Identity>;
  /** Where a person signs in at the outside system's own page; left out by those that need nobody. */
  readonly personal?: PersonalSignIn;
  /** Where the connection proves itself by a key; left out by those that have none. */
  readonly proof?: {
    /** The certificate to give to the outside system (PEM, public). Makes and keeps a key where there is none. */
    certificate(): Promise<string>;
  };
  close(): Promise<void>;
}

/** The clients, by what they can do. A connector of one kind has one of them. */
export interface Clients {
  crm: CrmClient;
  mail: MailClient;
  webhook: WebhookClient;
  hook: HookClient;
  database: DatabaseClient;
  files: FilesClient;
  dataExtensions: DataExtensionsClient;
}

/** `connectors/<kind>/client.ts` exports `open(host): Promise<ConnectorClient>`. */
export type ConnectorClient = Clients[keyof Clients];

/** The client as what one works with it. Throws UserError CONNECTION_KIND when the connection cannot do that. */
export function clientAs<C extends keyof Clients>(client: ConnectorClient, capability: C, name: string): Clients[C] {
  if (client.capability === capability) return client as Clients[C];
  throw new UserError('CONNECTION_KIND', { name, kind: client.kind });
}

/** Sends e-mail. Calls reject with UserError (a person can mend it) or RetryLater (time may mend it). */
export interface MailClient extends Client {
  readonly capability: 'mail';
  /** Resolves when the server has taken the message over; that is not yet delivered. */
  send(mail: Mail): Promise<void>;
}

export interface Mail {
  /** Of the message; the same for each attempt, so that readers can drop a double. */
  id: string;
  to: readonly string[];
  subject: string;
  /** Plain text. */
  text: string;
}

/** Holds the secret by which calls from outside are checked; it calls nobody. */
export interface HookClient extends Client {
  readonly capability: 'hook';
}

/** Posts messages to an address of somebody else. Rejects as a mail client does. */
export interface WebhookClient extends Client {
  readonly capability: 'webhook';
  /** Resolves when the receiver answered with 2xx. `id` is the same for each attempt: receivers drop what they have. */
  post(message: { id: string; body: Json }): Promise<void>;
}

export interface RemoteObject {
  name: string;
  label: string;
  queryable: boolean;
  custom: boolean;
  createable: boolean;
  updateable: boolean;
  deletable: boolean;
  /** Whether deleted records can be brought back. */
  undeletable: boolean;
  /** Whether `deleted` can tell which of its records were deleted. */
  tracksDeletions?: boolean;
  /** Whether `changes` can tell which of its records changed; left out by a CRM that has no `changes`. */
  tracksChanges?: boolean;
}

export interface RemoteField {
  name: string;
  label: string;
  /** The remote system's own word, for example `picklist`. */
  remoteType: string;
  type: ColumnType;
  nullable: boolean;
  filterable: boolean;
  sortable: boolean;
  createable: boolean;
  updateable: boolean;
  /** A formula: its changes do not move the last-modified stamp. */
  calculated: boolean;
  length?: number;
  /** Digits behind the point: what has more is rounded to them. Left out: the CRM does not say. */
  scale?: number;
  values?: { value: string; label: string }[];
  /** Of a date and time: as people have written it, in no zone. It never shifts; in cells it stands as UTC. */
  wallClock?: true;
  /** The objects a lookup leads to, and the name under which their fields are reached. */
  references?: {
    objects: string[];
    path: string;
    /** The field there that people know a record by; left out: `Name`. */
    nameField?: string;
  };
  /** A new record is refused without a value. */
  required: boolean;
  /** Upsert can find a record by it. */
  key: boolean;
  /** The CRM lets no two records have the same value in it. Left out where it does not say so. */
  unique?: boolean;
  /** Holds an e-mail address, an id or an external id. */
  identifying: boolean;
  personal: boolean;
}

export interface RemoteObjectDetails extends RemoteObject {
  /** The record id, by the name that it has here in every CRM: `Id`. */
  idField: string;
  fields: RemoteField[];
  /** Fields that tell when a record changed, in the order in which the automatic index takes the first that exists. */
  indexFields: string[];
  /** The one that moves whenever a record is changed, whoever does it; left out: there is none. */
  stampField?: string;
  /** The field that people know a record by, and those that new records are given where it is made of others, in order; left out: there is none. */
  naming?: { field: string; parts: string[] };
  /** The one that says when a record was created, by the same clock; left out: there is none. */
  createdField?: string;
  /** The one to prefer, and why, for the editor. */
  recommendedIndexField?: { name: string; reason: string };
  /** Operators its filters can carry. */
  operators: readonly FilterOperator[];
  /** How deleted records are made anew where the CRM does not keep them. Left out: they cannot. */
  remade?: RemadeRecords;
  /** What is deleted with a record: objects whose records belong to it, and the field by which they do. Left out where the CRM does not say. */
  children?: { object: string; field: string }[];
  /** Where records can become others, and cannot be changed from then on: a converted lead. Left out: they cannot. */
  moved?: RemoteMove;
  /** Where the CRM keeps which field of a record was changed, from what and when, for the fields it is told to. Left out: nowhere. */
  history?: RemoteHistory;
}

export interface ReadQuery {
  object: string;
  /** Plain fields, or paths such as `Account.Name`. The record id is always among them. */
  fields: string[];
  filter?: ResolvedFilter;
  orderBy?: { field: string; direction: 'asc' | 'desc' }[];
  /** Fields whose cells are the text the CRM sent, unconverted. */
  raw?: readonly string[];
  /** Only records whose index field lies in [from, to). Read in the order (index field, id), whatever `orderBy` says. */
  window?: { field: string; from: string | null; to: string };
  /** Also deleted, archived and merged records. */
  everything?: boolean;
  limit?: number;
  /** The interface to read by, where the CRM has several. `auto`, the default: by count and width. One that cannot serve the query is not used. */
  via?: 'auto' | 'rest' | 'bulk';
}

/** What the CRM knows of records that were deleted in a period. */
export interface DeletedRecords {
  /** `deletedAt` in ISO, UTC. A record that was deleted, restored and deleted again may stand here twice. */
  records: { id: string; deletedAt: string }[];
  /** Deletions before this instant (ISO) are no longer known; null: the CRM does not say. Later than the start: a gap. */
  earliestAvailable: string | null;
  /** Deletions are complete up to this instant (ISO): the next period begins here, never at the end that was asked for. */
  coveredUntil: string;
  /** Of a CRM that knows deletions by a mark: the next one, to be kept with what was read and given the next time. */
  mark?: string;
}

/** Where a read goes on after the last row delivered; opaque JSON, kept by the engine with the rows. */
export type ReadPosition = Cell;

export interface ReadPage {
  /** Canonical cells, in the order of `query.fields`. */
  rows: Cell[][];
  /** Records that could not be read as the described type. */
  rejects: { record: Cell; id: string | null; code: string; symbol: string; message: string; fields: string[] }[];
  /** Behind the last row of this page. */
  position: ReadPosition;
  /** Records in the whole result if the CRM says so: for progress only. */
  total: number | null;
  /** Values that had to be cleaned (U+0000, lone surrogates). */
  cleaned: number;
}

/** What changed since a mark. A record that changes while it is read may come again: its last row counts. */
export interface ChangesPage extends ReadPage {
  /** Ids of records that are not there any more, some of which the reader may never have seen. */
  deleted: string[];
  /** Where the next read begins; on the last page only. A read that goes on behind the last page gives it again. */
  mark: string | null;
}

/** Changes by a mark, of objects that say `tracksChanges`. */
export interface RemoteChanges {
  /**
   * Everything there is without a mark, and what changed since with one: of all records, in the CRM's own order, plain fields
   * alone. Goes on behind `position` when given, whatever mark it began with. Rejects with MarkLost.
   */
  read(
    query: Pick<ReadQuery, 'object' | 'fields' | 'raw'>,
    mark: string | null,
    position?: ReadPosition | null,
  ): AsyncIterable<ChangesPage>;
  /** How many changes there are since the mark, by the CRM's own count; null: more than it counts. */
  count(object: string, mark: string): Promise<number | null>;
}

/**
 * A CRM. Every call rejects with UserError (a person can mend it) or RetryLater (time may mend it), nothing else.
 * One refresh of the session per refused request, then CONNECTION_REFUSED.
 */
export interface CrmClient extends Client {
  readonly capability: 'crm';
  /** Deletions are known by a mark that is kept, from the first question on, and when each was is not told. */
  readonly deletionsByMark?: true;
  /** Its orders take what is empty for the least there is: last in a descending one. Left out: it comes first in any. */
  readonly emptyIsLeast?: true;
  verify(): Promise<Identity & { serverNow: string }>;
  /** The CRM's own clock (ISO), never ours. */
  serverNow(): Promise<string>;
  objects(): Promise<RemoteObject[]>;
  describe(object: string): Promise<RemoteObjectDetails>;
  /** How many records the query would give. */
  count(query: ReadQuery): Promise<number>;
  /** The query in the CRM's own language, for people. */
  explain(query: ReadQuery): Promise<string>;
  /** Whether a read of this query can go on behind a position; a read in the user's own order begins again. */
  resumes(query: ReadQuery): boolean;
  /** The field at a path such as `Account.Name`. Rejects with FIELD_UNKNOWN. */
  fieldAt(object: string, path: string): Promise<RemoteField>;
  /** Pages of at most 2,000 records, one in memory. Goes on behind `position` when given. A page without records keeps a place all the same. */
  read(query: ReadQuery, position?: ReadPosition | null): AsyncIterable<ReadPage>;
  /** The form in which the CRM itself writes an id, by which it can be compared. Throws UserError RECORD_ID_INVALID for a text that is none. */
  recordId(text: string): string;
  /**
   * The records with these ids, in as many requests as the CRM needs; the filter and the window of the query hold too, its
   * order, limit and `via` do not. Ids that match nothing are simply not in the pages; one given twice comes once.
   * Rejects with RECORD_ID_INVALID for a text that is no id of the CRM. The pages' `position` is null: it cannot go on, it begins again.
   */
  readByIds(query: ReadQuery, ids: readonly string[]): AsyncIterable<ReadPage>;
  /**
   * Records deleted from `from` to `to` (ISO, both included), in as many requests as the CRM needs. Covers less than `to` where the
   * CRM says so. Where deletions are known by a mark only, those since the mark: the dates are not looked at, `deletedAt` is when
   * they were told, and without a mark there are none yet. Rejects with DELETED_NOT_KEPT for a period that the CRM refuses because its log does not reach back so far, and
   * with DELETED_TOO_MANY when it cannot name them even minute by minute: everything has to be compared then.
   */
  deleted(object: string, from: string, to: string, mark?: string | null): Promise<DeletedRecords>;
  /**
   * The records whose `keyField` has one of these values, in as many requests as the CRM needs, as `readByIds` does. More than
   * one record may have the same value. The key field is among the query's fields.
   */
  readByKey(query: ReadQuery, keyField: string, values: readonly Cell[]): AsyncIterable<ReadPage>;
  /** Left out where the CRM tells changes by dates only. */
  readonly changes?: RemoteChanges;
  readonly writer: CrmWriter;
  /** Calls that the CRM counted and allows, as it says now; null where it does not say. */
  limits(): Promise<CallUsage | null>;
  /** Requests of this client, so far, that the CRM counts. */
  readonly calls: number;
  /** About how many calls it takes to read so many records by id or key. */
  callsToFind(records: number): number;
}

/**
 * A database of somebody else, in which tables are kept. Names hold letters, digits and "_" only; others are refused with
 * DATABASE_NAME before anything is sent. Rejects with UserError or RetryLater, as a CRM client does.
 */
export interface DatabaseClient extends Client {
  readonly capability: 'database';
  /** Names of the tables, in order. */
  tables(): Promise<string[]>;
  /** Makes the table, or adds the columns it lacks. Nothing that is there changes. */
  ensureTable(table: DatabaseTable): Promise<{ created: boolean; added: string[] }>;
  /** The rows with these keys, in no order. */
  rows(table: DatabaseTable, keys: readonly Cell[]): Promise<Cell[][]>;
  /** All rows in the order of the key, at most 2,000 in a page; of the columns only those that the table names here. */
  pages(table: DatabaseTable): AsyncIterable<Cell[][]>;
  /** All of them in one transaction. Rejects with DATABASE_VALUE when a row holds what the database cannot: then nothing is written. */
  write(writes: readonly DatabaseWrite[]): Promise<void>;
}

/**
 * Files in a folder of somebody else: the folder that the connection names, and what lies below it. Paths are those of
 * `filePath` and `folderPath` in contract/files.ts; what could lead out of the folder is refused with FILE_PATH before
 * anything is sent. Rejects with UserError or RetryLater, as a CRM client does; what was cut short has not appeared.
 */
export interface FilesClient extends Client {
  readonly capability: 'files';
  /** Where a path leads, as people write it: `sftp://files.example.org/import/a.csv`. */
  place(path: string): string;
  /** The files of a folder, without those of its folders, page by page in no order. A folder that is not there: FILE_MISSING, or no files. */
  list(folder: string): AsyncIterable<FileEntry[]>;
  /** null: there is no file of that path. */
  stat(path: string): Promise<FileEntry | null>;
  exists(path: string): Promise<boolean>;
  /** Its bytes from an offset on, as they come. Rejects with FILE_MISSING; with RetryLater when the connection is cut, never ending early without a word. */
  read(path: string, from?: number): AsyncIterable<Uint8Array>;
  /**
   * Writes the file and makes the folders above it. One of the same name is replaced as a whole, when everything has
   * arrived: its size is compared with what was sent. When it rejects, the file before is there as it was, unless it was
   * written without a draft; the draft is removed if the connection still lets it.
   */
  write(path: string, content: AsyncIterable<Uint8Array>, how: FileWrite): Promise<WrittenFile>;
  /** Gives a file another path, in place of a file that is there. Rejects with FILE_MISSING. */
  move(from: string, to: string): Promise<void>;
  /** Resolves to whether there was one. */
  remove(path: string): Promise<boolean>;
}

/** Rows of data extensions of Marketing Cloud. Every call rejects with UserError (a person can mend it) or RetryLater (time may mend it). */
export interface DataExtensionsClient extends Client, DataExtensions {
  readonly capability: 'dataExtensions';
}
