/** What lies behind a connection, as the editor shows it: who we are there, objects, fields, a first look at records. */
import type { z } from 'zod';
import type { Api, Reply } from '../../contract/api.ts';
import type {
  ConnectorClient,
  CrmClient,
  ReadQuery,
  RemoteObject,
  RemoteObjectDetails,
} from '../../contract/connector.ts';
import { clientAs } from '../../contract/connector.ts';
import type { ExtensionEntry } from '../../contract/dataExtension.ts';
import { RetryLater, toErrorReply, UserError } from '../../contract/errors.ts';
import type { Evaluated, ResolvedFilter } from '../../contract/filter.ts';
import { resolveFilter } from '../../contract/filter.ts';
import type { Column, ColumnType, Json } from '../../contract/types.ts';
import type { Clock } from '../db/clock.ts';
import type { Db } from '../db/transaction.ts';
import type { Catalog } from '../engine/catalog.ts';
import type { Log } from '../log.ts';
import { createCache } from './cache.ts';
import { findConnection } from './connections.ts';
import { describeExtension, type ExtensionDetails } from './extensions.ts';
import type { LoadedConnection } from './loader.ts';
import { withClient } from './withClient.ts';

export interface RemoteOptions {
  db: Db;
  /** Throws UserError CONNECTION_MISSING. */
  loadConnection(name: string): Promise<LoadedConnection>;
  clock: Clock;
  log: Log;
  connectors: Catalog['connectors'];
  /** Of the instance: what clients may keep files in. */
  filesFolder: string;
  /** One expression of a filter, with the variables given, in the sandbox. Throws UserError EXPRESSION_FAILED. */
  evaluate(expression: string, vars: Record<string, Json>): Promise<Evaluated>;
  /** The calendar day of an instant where the instance is. */
  dayOf(instant: string): string;
}

export type Verified = NonNullable<Reply<'verifyConnection'>['verified']>;
type Preview = Reply<'previewRead'>;
type PreviewRequest = z.output<Api['previewRead']['body']>;

export interface Remote {
  /** A client for one piece of work. Throws UserError CONNECTION_MISSING or CONNECTION_KIND. */
  withClient<T>(connection: string, work: (client: ConnectorClient) => Promise<T>): Promise<T>;
  /** Signs in. A refusal is a result, not an error. */
  verify(connection: string): Promise<Verified>;
  objects(connection: string, refresh: boolean): Promise<RemoteObject[]>;
  describe(connection: string, object: string, refresh: boolean): Promise<RemoteObjectDetails>;
  /** Data extensions of Marketing Cloud. */
  extensions(connection: string, refresh: boolean): Promise<ExtensionEntry[]>;
  extension(connection: string, key: string, refresh: boolean): Promise<ExtensionDetails>;
  /** Count and first records of a query. What a person can mend is in `error`. */
  preview(connection: string, request: PreviewRequest): Promise<Preview>;
}

const keepMs = 10 * 60_000;
const previewRows = 20;

export function createRemote(options: RemoteOptions): Remote {
  const objects = createCache<RemoteObject[]>({ clock: options.clock, keepMs });
  const details = createCache<RemoteObjectDetails>({ clock: options.clock, keepMs });
  const extensions = createCache<ExtensionEntry[]>({ clock: options.clock, keepMs });
  const extension = createCache<ExtensionDetails>({ clock: options.clock, keepMs });
  /** What was learned through other settings counts no more. */
  const keyOf = async (connection: string, ...rest: string[]): Promise<string> =>
    JSON.stringify([connection, (await findConnection(options.db, connection)).updated_at, ...rest]);
  const describe = async (connection: string, object: string, refresh: boolean): Promise<RemoteObjectDetails> =>
    details.get(await keyOf(connection, object), refresh, () =>
      withCrm(options, connection, (client) => client.describe(object)),
    );
  return {
    describe,
    withClient: (connection, work) => withConnection(options, connection, work),
    verify: (connection) => verify(options, connection),
    objects: async (connection, refresh) =>
      objects.get(await keyOf(connection), refresh, () => withCrm(options, connection, (client) => client.objects())),
    extensions: async (connection, refresh) =>
      extensions.get(await keyOf(connection), refresh, () =>
        withConnection(options, connection, async (client) => clientAs(client, 'dataExtensions', connection).list()),
      ),
    extension: async (connection, key, refresh) =>
      extension.get(await keyOf(connection, key), refresh, () =>
        withConnection(options, connection, async (client) =>
          describeExtension(clientAs(client, 'dataExtensions', connection), key),
        ),
      ),
    preview: (connection, request) => preview(options, connection, request, describe),
  };
}

function withConnection<T>(
  options: RemoteOptions,
  name: string,
  work: (client: ConnectorClient) => Promise<T>,
): Promise<T> {
  return withClient(options, name, work);
}

/** Throws UserError CONNECTION_KIND for a connection that leads to no CRM. */
function withCrm<T>(options: RemoteOptions, name: string, work: (client: CrmClient) => Promise<T>): Promise<T> {
  return withConnection(options, name, async (client) => work(clientAs(client, 'crm', name)));
}

async function verify(options: RemoteOptions, name: string): Promise<Verified> {
  const at = options.clock.now().toISOString();
  try {
    const who = await withConnection(options, name, (client) => client.verify());
    const clock = 'serverNow' in who ? [{ label: 'Server time', value: plainTime(String(who.serverNow)) }] : [];
    return { at, ok: true, message: `${who.identity}, ${who.organisation}`, details: [...who.details, ...clock] };
  } catch (error) {
    const { code, message, action } = requireKnown(error);
    return { at, ok: false, code, message: `${message} ${action}`, details: [] };
  }
}

/** ISO, as people read it. */
const plainTime = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** The reply of an error that people can mend; anything else goes on as it is. */
function requireKnown(error: unknown): ReturnType<typeof toErrorReply> {
  if (error instanceof UserError || error instanceof RetryLater) return toErrorReply(error);
  throw error;
}

async function preview(
  options: RemoteOptions,
  connection: string,
  request: PreviewRequest,
  describe: (connection: string, object: string, refresh: boolean) => Promise<RemoteObjectDetails>,
): Promise<Preview> {
  try {
    const details = () => describe(connection, request.object, false);
    const filter = await resolve(options, request, details);
    return await readFirst(options, connection, await details(), { ...request, filter });
  } catch (error) {
    return { query: '', count: 0, columns: [], rows: [], error: requireKnown(error) };
  }
}

function resolve(
  { evaluate, dayOf }: RemoteOptions,
  request: PreviewRequest,
  details: () => Promise<RemoteObjectDetails>,
): Promise<ResolvedFilter> {
  const vars = (request.vars ?? {}) as Record<string, Json>;
  return resolveFilter(
    request.filter,
    (expression) => evaluate(expression, vars),
    async () => {
      const { fields, label: object } = await details();
      const types = new Map(fields.map((field) => [field.name.toLowerCase(), field.type]));
      const typeOf = (field: string): ColumnType => {
        const type = types.get(field.toLowerCase());
        if (type === undefined) throw new UserError('FIELD_UNKNOWN', { field, object });
        return type;
      };
      return { typeOf, dayOf };
    },
  );
}

async function readFirst(
  options: RemoteOptions,
  connection: string,
  details: RemoteObjectDetails,
  request: Omit<PreviewRequest, 'filter'> & { filter: ResolvedFilter },
): Promise<Preview> {
  const fields = [...new Set([details.idField, ...request.fields])];
  const columns = fields.map((name) => columnOf(name, details));
  return withCrm(options, connection, async (client) => {
    const query = await previewQuery(client, { ...request, fields });
    const first: ReadQuery = { ...query, limit: previewRows, via: 'rest' };
    const count = await client.count(query);
    const rows: Preview['rows'] = [];
    for await (const page of client.read(first)) {
      rows.push(...page.rows);
      if (rows.length >= previewRows) break;
    }
    return { query: await client.explain(query), count, columns, rows: rows.slice(0, previewRows), error: null };
  });
}

/** Without a limit, as a run would read it. */
async function previewQuery(
  client: CrmClient,
  { object, fields, filter, orderBy, everything, since }: Omit<PreviewRequest, 'filter'> & { filter: ResolvedFilter },
): Promise<ReadQuery> {
  return {
    object,
    fields,
    filter,
    ...(everything ? { everything } : {}),
    ...(orderBy && !since ? { orderBy } : {}),
    ...(since ? { window: { field: since.field, from: asInstant(since.from), to: await client.serverNow() } } : {}),
  };
}

const asInstant = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString());

/** A path such as `Account.Name` leads to another object: it is shown as text. Throws UserError FIELD_UNKNOWN. */
function columnOf(name: string, details: RemoteObjectDetails): Column {
  if (name.includes('.')) return { name, label: name, type: 'text', source: name };
  const field = details.fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!field) throw new UserError('FIELD_UNKNOWN', { field: name, object: details.name });
  const { label, type, identifying, personal } = field;
  return { name, label, type, source: field.name, identifying, personal };
}
