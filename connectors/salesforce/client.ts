import type { DescribeGlobalResult, DescribeSObjectResult } from 'jsforce';
import type { CallUsage } from '../../contract/callBudget.ts';
import type {
  ConnectorHost,
  CrmClient,
  DeletedRecords,
  ReadPosition,
  ReadQuery,
  RemoteField,
  RemoteObject,
  RemoteObjectDetails,
} from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { CrmWriter } from '../../contract/write.ts';
import { isOrdered, Remembered } from '../kit/reads.ts';
import type { SalesforceSettings } from './definition.ts';
import { readDeleted } from './deleted.ts';
import { toObjectDetails, toRemoteObject } from './describe.ts';
import { fullId } from './ids.ts';
import { readPages } from './read.ts';
import { readByKey } from './rest/byKey.ts';
import { readByIds } from './rest/read.ts';
import type { ReadScope } from './scope.ts';
import { Session } from './session.ts';
import { signInParts } from './signIn/parts.ts';
import { createSend } from './signIn/send.ts';
import type { FieldsByName } from './soql.ts';
import { buildCount, buildQuery, toAddress } from './soql.ts';
import { createWriter } from './write/writer.ts';

export async function open(host: ConnectorHost<SalesforceSettings>): Promise<CrmClient> {
  return Object.assign(new SalesforceClient(new Session(host)), signInParts(host, createSend(host.settings)));
}

class SalesforceClient implements CrmClient {
  readonly kind = 'salesforce';
  readonly capability = 'crm';
  readonly #session: Session;
  readonly writer: CrmWriter;
  /** Descriptions live as long as the client: one task, or one request of the editor. */
  readonly #described = new Remembered<RemoteObjectDetails>();

  constructor(session: Session) {
    this.#session = session;
    this.writer = createWriter(session, this);
  }

  async verify(): ReturnType<CrmClient['verify']> {
    const { userId, organizationId } = await this.#session.identity();
    const rows = await this.#firstRecords(`SELECT Username, Name FROM User WHERE Id = '${safeId(userId)}'`);
    const organisation = await this.#firstRecords(
      'SELECT Name, InstanceName, OrganizationType, IsSandbox FROM Organization',
    );
    const username = String(rows[0]?.Username ?? userId);
    const usage = this.#session.usage;
    return {
      identity: username,
      organisation: String(organisation[0]?.Name ?? organizationId),
      serverNow: await this.serverNow(),
      details: [
        { label: 'Organisation', value: `${organisation[0]?.Name ?? ''} (${organizationId})` },
        {
          label: 'Kind',
          value: organisation[0]?.IsSandbox === true ? 'Sandbox' : String(organisation[0]?.OrganizationType ?? ''),
        },
        { label: 'User', value: username },
        ...(usage ? [{ label: 'API calls today', value: `${grouped(usage.used)} of ${grouped(usage.allowed)}` }] : []),
      ],
    };
  }

  serverNow(): Promise<string> {
    return this.#session.serverNow();
  }

  async objects(): Promise<RemoteObject[]> {
    const { sobjects } = await this.#session.page(
      this.#session.path('/sobjects'),
      {},
      (text) => JSON.parse(text) as DescribeGlobalResult,
    );
    return sobjects.map(toRemoteObject);
  }

  describe(object: string): Promise<RemoteObjectDetails> {
    const path = this.#session.path(`/sobjects/${encodeURIComponent(object)}/describe`);
    return this.#described.get(object.toLowerCase(), async () =>
      toObjectDetails(await this.#session.page(path, { object }, (text) => JSON.parse(text) as DescribeSObjectResult)),
    );
  }

  async count(query: ReadQuery): Promise<number> {
    const soql = buildCount(query, await this.#fields(query.object));
    const { totalSize } = await this.#query<{ totalSize: number }>(soql, query);
    return totalSize;
  }

  async explain(query: ReadQuery): Promise<string> {
    return buildQuery(query, await this.#fields(query.object), null);
  }

  resumes(query: ReadQuery): boolean {
    return !isOrdered(query);
  }

  async *read(query: ReadQuery, position: ReadPosition | null = null): ReturnType<CrmClient['read']> {
    yield* readPages(await this.#scope(query), query, position);
  }

  async *readByIds(query: ReadQuery, ids: readonly string[]): ReturnType<CrmClient['readByIds']> {
    yield* readByIds(await this.#scope(query), query, ids);
  }

  async *readByKey(query: ReadQuery, keyField: string, values: readonly Cell[]): ReturnType<CrmClient['readByKey']> {
    yield* readByKey(await this.#scope(query), query, keyField, values);
  }

  async deleted(object: string, from: string, to: string): Promise<DeletedRecords> {
    return readDeleted(this.#session, object, from, to, await this.#session.serverNow());
  }

  limits(): Promise<CallUsage | null> {
    return this.#session.page(this.#session.path('/limits'), {}, (text) => {
      const { DailyApiRequests: calls } = JSON.parse(text) as { DailyApiRequests?: { Max: number; Remaining: number } };
      return calls ? { used: calls.Max - calls.Remaining, allowed: calls.Max } : null;
    });
  }

  get calls(): number {
    return this.#session.calls;
  }

  callsToFind(records: number): number {
    return Math.ceil(records / idsPerCall);
  }

  recordId(text: string): string {
    return fullId(text);
  }

  async fieldAt(object: string, path: string): Promise<RemoteField> {
    const [head = '', ...rest] = path.split('.');
    const fields = await this.#fields(object);
    if (rest.length === 0) {
      const field = fields.get(head.toLowerCase());
      if (!field) throw new UserError('FIELD_UNKNOWN', { field: path, object });
      return field;
    }
    const lookup = [...fields.values()].find((field) => field.references?.path.toLowerCase() === head.toLowerCase());
    const parent = lookup?.references?.objects[0];
    if (!parent) throw new UserError('FIELD_UNKNOWN', { field: path, object });
    return this.fieldAt(parent, rest.join('.'));
  }

  async close(): Promise<void> {
    this.#described.clear();
  }

  async #fields(object: string): Promise<FieldsByName> {
    const { fields } = await this.describe(object);
    return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  }

  async #scope(query: ReadQuery): Promise<ReadScope> {
    const fields = await this.#fields(query.object);
    const types = await this.#pathTypes(query, fields);
    return { session: this.#session, fields, find: (name) => types.get(name) };
  }

  async #pathTypes(query: ReadQuery, fields: FieldsByName): Promise<Map<string, RemoteField>> {
    const names = [...query.fields, 'Id', ...(query.window ? [query.window.field] : [])];
    const found = await Promise.all(
      names.map(
        async (name) => [name, fields.get(name.toLowerCase()) ?? (await this.fieldAt(query.object, name))] as const,
      ),
    );
    return new Map(found);
  }

  async #firstRecords(soql: string): Promise<Record<string, unknown>[]> {
    const { records } = await this.#query<{ records: Record<string, unknown>[] }>(soql);
    return records;
  }

  #query<T>(soql: string, query?: Pick<ReadQuery, 'object' | 'everything'>): Promise<T> {
    const path = this.#session.path(`/${query?.everything ? 'queryAll' : 'query'}?q=${toAddress(soql)}`);
    return this.#session.page(path, query ? { object: query.object } : {}, (text) => JSON.parse(text) as T);
  }
}

/** Ids that have room in an address beside a few fields. */
const idsPerCall = 500;

function safeId(id: string): string {
  return /^[A-Za-z0-9]{15,18}$/.test(id) ? id : '';
}

const grouped = (count: number): string => count.toLocaleString('en');
