import type {
  ChangesPage,
  ConnectorHost,
  CrmClient,
  DeletedRecords,
  ReadPosition,
  ReadQuery,
  RemoteChanges,
  RemoteField,
  RemoteObject,
  RemoteObjectDetails,
} from '../../contract/connector.ts';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { CrmWriter } from '../../contract/write.ts';
import { notUnderstood } from '../kit/faults.ts';
import { isOrdered, Remembered } from '../kit/reads.ts';
import { countChanges, readChanges } from './changes.ts';
import type { DynamicsSettings } from './definition.ts';
import { readDeleted } from './deleted.ts';
import type { Described, Wire } from './describe.ts';
import { describeTable } from './describe.ts';
import { fullId } from './ids.ts';
import type { Chosen } from './odata.ts';
import { buildQuery } from './odata.ts';
import type { ReadScope } from './read.ts';
import { countRows, mostTogether, readByIds, readByKey, readPages } from './read.ts';
import { Session } from './session.ts';
import type { Tables } from './tables.ts';
import { readTables } from './tables.ts';
import { createWriter } from './write/writer.ts';

export async function open(host: ConnectorHost<DynamicsSettings>): Promise<CrmClient> {
  return new DynamicsClient(new Session(host));
}

class DynamicsClient implements CrmClient {
  readonly kind = 'dynamics';
  readonly capability = 'crm';
  readonly deletionsByMark = true;
  readonly emptyIsLeast = true;
  readonly changes: RemoteChanges;
  readonly writer: CrmWriter;
  readonly #session: Session;
  /** Descriptions live as long as the client: one task, or one request of the editor. */
  readonly #described = new Remembered<Described>();
  readonly #tables = new Remembered<Tables>();

  constructor(session: Session) {
    this.#session = session;
    this.writer = createWriter(session, (object) => this.#describe(object));
    this.changes = {
      read: (query, mark, position = null) => this.#changes(query, mark, position),
      count: async (object, mark) => countChanges({ session, described: await this.#describe(object) }, object, mark),
    };
  }

  async verify(): ReturnType<CrmClient['verify']> {
    const { UserId: userId, OrganizationId: organizationId } = await this.#get('WhoAmI');
    const user = await this.#get(`systemusers(${fullId(String(userId))})?$select=fullname,domainname`);
    const organisation = await this.#get(`organizations(${fullId(String(organizationId))})?$select=name`);
    const name = String(organisation.name ?? organizationId);
    const identity = String(user.fullname ?? user.domainname ?? userId);
    return {
      identity,
      organisation: name,
      serverNow: await this.serverNow(),
      details: [
        { label: 'Environment', value: `${name} (${String(organizationId)})` },
        { label: 'Address', value: this.#session.origin },
        { label: 'Application user', value: identity },
      ],
    };
  }

  async serverNow(): Promise<string> {
    await this.#get('WhoAmI');
    const { answeredAt } = this.#session;
    if (answeredAt === null) throw notUnderstood('an answer without a date').giveUp;
    return new Date(answeredAt).toISOString();
  }

  async objects(): Promise<RemoteObject[]> {
    return (await this.#allTables()).objects;
  }

  async describe(object: string): Promise<RemoteObjectDetails> {
    return (await this.#describe(object)).details;
  }

  async count(query: ReadQuery): Promise<number> {
    return countRows({ session: this.#session, described: await this.#describe(query.object) }, query);
  }

  async explain(query: ReadQuery): Promise<string> {
    const { described, chosen } = await this.#scope(query);
    return decodeURIComponent(buildQuery(query, described, chosen, null));
  }

  resumes(query: ReadQuery): boolean {
    return !isOrdered(query);
  }

  async fieldAt(object: string, path: string): Promise<RemoteField> {
    return (await this.#choose(object, path)).wire.field;
  }

  async *read(query: ReadQuery, position: ReadPosition = null): ReturnType<CrmClient['read']> {
    yield* readPages(await this.#scope(query), query, position);
  }

  async *readByIds(query: ReadQuery, ids: readonly string[]): ReturnType<CrmClient['readByIds']> {
    yield* readByIds(await this.#scope(query), query, ids);
  }

  async *readByKey(query: ReadQuery, keyField: string, values: readonly Cell[]): ReturnType<CrmClient['readByKey']> {
    yield* readByKey(await this.#scope(query), query, keyField, values);
  }

  async deleted(object: string, from: string, _to: string, mark: string | null = null): Promise<DeletedRecords> {
    const described = await this.#describe(object);
    return readDeleted(this.#session, described, mark, from, await this.serverNow());
  }

  async *#changes(...[query, mark, position = null]: Parameters<RemoteChanges['read']>): AsyncGenerator<ChangesPage> {
    yield* readChanges(await this.#scope(query), query, mark, position);
  }

  /** The environment tells no number that is used up: its limits are of minutes, and its answers say when they are over. */
  limits(): Promise<null> {
    return Promise.resolve(null);
  }

  get calls(): number {
    return this.#session.calls;
  }

  callsToFind(records: number): number {
    return Math.ceil(records / mostTogether);
  }

  recordId(text: string): string {
    return fullId(text);
  }

  async close(): Promise<void> {
    this.#described.clear();
    this.#tables.clear();
  }

  #get(path: string): Promise<Record<string, unknown>> {
    return this.#session.page(path, {}, (text) => JSON.parse(text) as Record<string, unknown>);
  }

  #allTables(): Promise<Tables> {
    return this.#tables.get('', () => readTables(this.#session));
  }

  #describe(object: string): Promise<Described> {
    return this.#described.get(object.toLowerCase(), async () =>
      describeTable(this.#session, await this.#allTables(), object),
    );
  }

  async #scope(query: ReadQuery): Promise<ReadScope> {
    const described = await this.#describe(query.object);
    const chosen = await Promise.all(query.fields.map((name) => this.#choose(query.object, name)));
    return { session: this.#session, described, chosen };
  }

  /** The field at a path such as `primarycontactid.fullname`. */
  async #choose(object: string, name: string): Promise<Chosen> {
    const path: string[] = [];
    const [...heads] = name.split('.');
    const last = heads.pop() ?? '';
    let at = object;
    for (const head of heads) {
      const { wires } = await this.#describe(at);
      const wire = [...wires.values()].find((one) => leadsBy(one, head));
      if (!wire?.way?.navigation) throw new UserError('FIELD_UNKNOWN', { field: name, object });
      path.push(wire.way.navigation);
      at = wire.way.target.name;
    }
    const wire = (await this.#describe(at)).wires.get(last.toLowerCase());
    if (!wire) throw new UserError('FIELD_UNKNOWN', { field: name, object });
    return { name, wire, path };
  }
}

const leadsBy = ({ field }: Wire, head: string): boolean => field.references?.path.toLowerCase() === head.toLowerCase();
