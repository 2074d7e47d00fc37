/**
 * The real engine on real stores and the real sandbox, in a folder that is gone afterwards. It speaks the domain:
 *
 *   const engine = testEngine();
 *   const run = await engine.flow({ dedupe: { type: 'deduplication', config } }, ['input -> dedupe'])
 *     .withRows('input', columns, rows)
 *     .finished();
 *   expect(await run.rows('dedupe.duplicates')).toEqual([…]);
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { UserError } from '../../contract/errors.ts';
import type { Cell } from '../../contract/types.ts';
import type { WorkflowSettings } from '../../contract/workflow.ts';
import { Sandbox } from '../../sandbox/index.ts';
import { openControl } from '../../server/db/control.ts';
import type { Db } from '../../server/db/transaction.ts';
import type { Catalog, NodeType } from '../../server/engine/catalog.ts';
import { loadCatalog, makeCatalog } from '../../server/engine/catalog.ts';
import type { Engine } from '../../server/engine/engine.ts';
import { createEngine } from '../../server/engine/engine.ts';
import { createLog } from '../../server/log.ts';
import { readOption } from '../../server/options/options.ts';
import { SqliteConnection } from '../../server/tables/sqlite/connection.ts';
import { openStores } from '../../server/tables/stores.ts';
import type { LocalData, Stores } from '../../server/tables/types.ts';
import type { TestDatabase } from './database.ts';
import { makeDatabase } from './database.ts';
import type { FlowHost } from './flow.ts';
import { Flow } from './flow.ts';
import type { Watches } from './interruptions.ts';
import { watchCatalog } from './interruptions.ts';
import { countLooks, waitForLook } from './looks.ts';
import { patience } from './patience.ts';
import { rowsNode } from './rowsNode.ts';
import { ShiftedClock } from './shiftedClock.ts';
import type { FlowNodes } from './workflow.ts';

export interface TestEngineOptions {
  /** Where node types and connectors are found; left out: this repository. */
  root?: URL;
  /** Node types of the test's own. */
  nodes?: readonly NodeType[];
  loadConnection?(name: string): Promise<{ kind: string; settings: unknown }>;
}

/** Opened before the tests of the file and closed after them; what is left then fails the file. */
export function testEngine(options: TestEngineOptions = {}): TestEngine {
  const engine = new TestEngine(options);
  beforeAll(() => engine.open());
  afterAll(() => engine.close());
  return engine;
}

interface Parts {
  folder: string;
  database: TestDatabase;
  db: Db;
  stores: Stores;
  sandbox: Sandbox;
  catalog: Catalog;
}

export class TestEngine implements FlowHost {
  readonly clock = new ShiftedClock();
  readonly watches: Watches = new Map();
  readonly #options: TestEngineOptions;
  readonly #listeners = new Set<() => void>();
  #parts: Parts | null = null;
  #engine: Engine | null = null;
  #looks = (): number => 0;
  #flows = 0;
  #changes = 0;

  constructor(options: TestEngineOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const database = await makeDatabase();
    const { folder } = database;
    const db = await openControl(database.place, { clock: this.clock });
    this.#looks = countLooks(db);
    const stores = openStores({ ...(database.url === undefined ? { folder } : { url: database.url }), mode: 'write' });
    const sandbox = new Sandbox();
    const found = await loadCatalog(this.#options.root);
    const own = [rowsNode, ...(this.#options.nodes ?? [])].map((node) => [node.definition.type, node] as const);
    const nodes = new Map([...found.nodes, ...own]);
    const catalog = watchCatalog(makeCatalog(nodes, found.connectors), this.watches);
    this.#parts = { folder, database, db, stores, sandbox, catalog };
    await this.#startEngine();
  }

  async close(): Promise<void> {
    const { database, db, stores, sandbox } = this.parts;
    await this.#engine?.stop();
    await sandbox.close();
    await stores.close();
    await db.destroy();
    await database.drop();
  }

  /** Another engine on the same folder, as after a restart of the process, perhaps with another time zone. */
  async restart(timeZone?: string): Promise<void> {
    await this.#engine?.stop();
    await this.#startEngine(timeZone);
  }

  async #startEngine(timeZone = 'UTC'): Promise<void> {
    const { db, stores, sandbox, catalog } = this.parts;
    const loadConnection = async (name: string) => {
      if (!this.#options.loadConnection) throw new UserError('CONNECTION_MISSING', { name });
      return this.#options.loadConnection(name);
    };
    this.#engine = createEngine({
      db,
      stores,
      sandbox,
      catalog,
      clock: this.clock,
      loadConnection,
      timeZone,
      filesFolder: this.filesFolder,
      log: createLog('fatal'),
      onEvents: () => this.changed(),
    });
    await this.#engine.start();
  }

  get parts(): Parts {
    if (!this.#parts) throw new Error('The engine of the test is not open yet: use it inside a test.');
    return this.#parts;
  }

  /** Where nodes and connections keep files. */
  get filesFolder(): string {
    return join(this.parts.folder, 'files');
  }

  get local(): LocalData {
    return this.parts.stores.local;
  }

  /** A workflow in a few words: see drawWorkflow. */
  flow(nodes: FlowNodes, arrows: readonly string[], settings?: WorkflowSettings): Flow {
    this.#flows += 1;
    return new Flow(this, `flow_${this.#flows}`, { nodes, arrows, ...(settings ? { settings } : {}) });
  }

  /** There is something to do. */
  nudge(): void {
    this.#engine?.nudge();
  }

  /** Until it has looked around at this instant, whole, and begun what it found. */
  async lookAround(): Promise<void> {
    await waitForLook(this.#looks, [this]);
  }

  /** Something has changed: whoever waits looks again. */
  changed(): void {
    this.#changes += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Looks after every change until there is something to see; long silence is an error that says `what` was waited for. */
  async watch<T>(look: () => Promise<T | null>, what: () => string): Promise<T> {
    for (;;) {
      const before = this.#changes;
      const found = await look();
      if (found !== null) return found;
      if (this.#changes === before) await this.#nextChange(what);
    }
  }

  #nextChange(what: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#listeners.delete(go);
        settle();
      };
      const go = (): void => end(resolve);
      const timer = setTimeout(() => end(() => reject(new Error(what()))), patience);
      this.#listeners.add(go);
    });
  }

  async option(name: string): Promise<string | null> {
    return (await readOption(this.parts.db, name))?.value ?? null;
  }

  /** Ids of the tables that the store of a run still holds. */
  async keptTables(runId: string): Promise<string[]> {
    const { database, folder, db } = this.parts;
    const kept = database.url === undefined ? await keptInFile(folder, runId) : await keptInSchema(db, runId);
    return kept.map((no) => `w${no}`).sort();
  }

  /** All rows of a table of local data, in the order in which they were inserted. */
  async localRows(name: string): Promise<Record<string, Cell>[]> {
    const rows: Record<string, Cell>[] = [];
    for (let cursor: string | null = null; ; ) {
      const query = { limit: 1_000, cursor, sort: null, search: '', filter: [] };
      const page = await this.local.page(name, query);
      for (const row of page.rows)
        rows.push(Object.fromEntries(page.columns.map((column, index) => [column.name, row[index] ?? null])));
      cursor = page.cursor;
      if (cursor === null) return rows;
    }
  }
}

async function keptInFile(folder: string, runId: string): Promise<number[]> {
  const file = join(folder, 'runs', `${runId}.sqlite`);
  if (!existsSync(file)) return [];
  const store = await SqliteConnection.open(file, { mode: 'ro', cacheKiB: 256 });
  try {
    return (await store.all<{ no: number }>('SELECT no FROM _tables WHERE dropped = 0')).map(({ no }) => no);
  } finally {
    await store.close();
  }
}

async function keptInSchema(db: Db, runId: string): Promise<number[]> {
  const found = await db('pg_namespace')
    .withSchema('pg_catalog')
    .whereLike('nspname', `%_run_${runId}`)
    .first('nspname');
  if (!found) return [];
  return (await db('_tables').withSchema(found.nspname).where({ dropped: 0 }).select('no')).map(({ no }) => Number(no));
}
