/** The web process without an engine: real HTTP, a real control store, real stores, in a folder that is gone afterwards. */
import type { EndpointName, Role } from '../../contract/api.ts';
import { api, endpointPath, roles } from '../../contract/api.ts';
import type { Actor } from '../../server/access/actor.ts';
import type { Change } from '../../server/access/audit.ts';
import { hashPassword } from '../../server/access/passwords.ts';
import { openSession } from '../../server/access/sessions.ts';
import { createToken } from '../../server/access/tokens.ts';
import { createUser } from '../../server/access/users.ts';
import type { Config } from '../../server/config.ts';
import { loadConfig } from '../../server/config.ts';
import type { Clock } from '../../server/db/clock.ts';
import { systemClock } from '../../server/db/clock.ts';
import { openControl } from '../../server/db/control.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import type { Catalog } from '../../server/engine/catalog.ts';
import { loadCatalog } from '../../server/engine/catalog.ts';
import { createApp } from '../../server/http/app.ts';
import { listen } from '../../server/http/listen.ts';
import type { Instance } from '../../server/instance.ts';
import { createLog } from '../../server/log.ts';
import { openInstance } from '../../server/openInstance.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { TestDatabase } from './database.ts';
import { makeDatabase } from './database.ts';

export const password = 'a long enough one';
/** How a request says who sends it: by session cookie, by API token, or not at all. */
export type Caller = { by: 'cookie' | 'token'; role: Role } | null;

export interface WebCall {
  as?: Caller;
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
}
export interface WebReply {
  status: number;
  headers: Headers;
  text: string;
  /** The text as JSON; undefined when it is none. */
  json: never;
}

export interface Web {
  url: string;
  folder: string;
  instance: Instance;
  /** Its own; with a shared one nothing goes by it. */
  clock: ShiftedClock;
  /** Everything that was logged, as text. */
  logged(): string;
  call(name: EndpointName, call?: WebCall): Promise<WebReply>;
  fetch(path: string, init?: RequestInit): Promise<WebReply>;
  /** A new session of the user of that role, as a Cookie header. */
  cookieOf(role: Role): Promise<string>;
  tokenOf(role: Role): string;
  change<T>(work: (change: Change) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Runs like the system's, and can be stepped forward. */
class ShiftedClock implements Clock {
  #shift = 0;
  readonly after = systemClock.after;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#shift);
  }

  step(milliseconds: number): void {
    this.#shift += milliseconds;
  }
}

const admin: Caller = { by: 'token', role: 'admin' };
const tester: Actor = { kind: 'system', name: 'test', role: 'admin' };

/** What it shares with an engine of the test; it closes none of this. */
interface Shared {
  database: TestDatabase;
  catalog: Catalog;
  clock: Clock;
  engine: Instance['engine'];
}

/** Users are named after their role: viewer, operator, editor, admin. */
export async function startWeb(
  settings: Partial<Config> = {},
  editor = 'no-such-folder',
  shared?: Shared,
): Promise<Web> {
  const database = shared?.database ?? (await makeDatabase());
  const { folder } = database;
  const lines: string[] = [];
  const shifted = new ShiftedClock();
  const clock = shared?.clock ?? shifted;
  const config = { ...loadConfig({ data: folder, checkReplies: true }, {}), ...settings };
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const db = await openControl(database.place, { clock });
  const stores = openStores({ ...(database.url === undefined ? { folder } : { url: database.url }), mode: 'read' });
  const engine = shared?.engine ?? { nudge: () => undefined };
  const catalog = shared?.catalog ?? (await loadCatalog());
  const instance = await openInstance({ config, clock, log, db, stores, catalog, engine });
  const listening = await listen(createApp(instance, { editor, closing: () => false }), { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${listening.port}`;
  const change: Web['change'] = (work) => inTransaction(db, (tx) => work({ tx, actor: tester, now: clock.now() }));
  const tokens = await makePeople(change);
  const cookieOf = async (role: Role): Promise<string> => {
    const secret = await inTransaction(db, (tx) =>
      openSession(tx, role, { now: clock.now(), hours: config.sessionHours }),
    );
    return `${instance.secureCookies ? '__Host-' : ''}syncline_session=${secret}`;
  };
  const send: Web['fetch'] = async (path, init) => {
    const response = await fetch(url + path, { redirect: 'manual', ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: readJson(text) as never };
  };
  return {
    url,
    folder,
    instance,
    clock: shifted,
    change,
    cookieOf,
    fetch: send,
    tokenOf: (role) => tokens.get(role) ?? '',
    logged: () => lines.join(''),
    async call(name, { as = admin, params, query = {}, body, headers = {} } = {}) {
      const search = new URLSearchParams(query).toString();
      const path = `/api${endpointPath(api[name].path, params)}${search ? `?${search}` : ''}`;
      const who: Record<string, string> =
        as === null
          ? {}
          : as.by === 'token'
            ? { authorization: `Bearer ${tokens.get(as.role)}` }
            : { cookie: await cookieOf(as.role), origin: url };
      const content: RequestInit =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      return send(path, { method: api[name].method, ...content, headers: { ...content.headers, ...who, ...headers } });
    },
    async close() {
      instance.streams.close();
      await listening.close();
      await (instance as Instance & { close(): Promise<void> }).close();
      await stores.close();
      await db.destroy();
      if (!shared) await database.drop();
    },
  };
}

async function makePeople(change: Web['change']): Promise<Map<Role, string>> {
  const passwordHash = await hashPassword(password);
  const secrets = new Map<Role, string>();
  for (const role of roles) {
    await change((it) => createUser(it, { name: role, role, passwordHash }));
    const token = await change((it) => createToken(it, { id: `token-${role}`, label: role, role }));
    secrets.set(role, token.secret);
  }
  return secrets;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
