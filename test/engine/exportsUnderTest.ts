/** An engine and its interface, with a workflow whose node `send` says of seven rows what became of them: `a -> send -> b`. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { EndpointName, Reply } from '../../contract/api.ts';
import type { ErrorReply } from '../../contract/errors.ts';
import type { ExportReport } from '../../contract/exports.ts';
import type { TableRef } from '../../contract/relation.ts';
import { sentRowColumns } from '../../contract/sent.ts';
import type { Column } from '../../contract/types.ts';
import type { Workflow } from '../../contract/workflow.ts';
import type { NodeContext } from '../../nodes/kit/run.ts';
import { inTransaction } from '../../server/db/transaction.ts';
import { purgeRuns } from '../../server/keeping/purge.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import type { TestDatabase } from '../harness/database.ts';
import { makeDatabase } from '../harness/database.ts';
import type { Fate } from '../harness/exportAct.ts';
import { keepFates } from '../harness/exportAct.ts';
import { storeWorkflow } from '../harness/flow.ts';
import type { Web, WebCall } from '../harness/web.ts';
import { startWeb } from '../harness/web.ts';
import type { Acts } from './draw.ts';
import { draw } from './draw.ts';
import type { UnderTest } from './engineUnderTest.ts';
import { engineUnderTest } from './engineUnderTest.ts';

export const columns: Column[] = [{ name: 'Email', label: 'Email', type: 'text', personal: true }];
export const withRows = { config: { rows: true } };
export const day = 86_400_000;
export const names = ['ann', 'bob', 'cleo', 'dan', 'eve', 'finn', 'gus'];

/** One of each kind, for the seven rows. */
export const settled: Fate[] = [
  {
    ...{ action: 'create', outcome: 'created', recordId: '003A', name: 'Ann Ash', call: 1 },
    ...{ values: { Email: 'ann' }, changed: ',Email,' },
  },
  {
    ...{ action: 'update', outcome: 'updated', recordId: '003B', call: 1, changed: ',Email,LastName,' },
    ...{ values: { LastName: 'B', Email: 'bob' }, before: { Email: 'old', LastName: null } },
  },
  { action: 'unchanged', outcome: 'unchanged', recordId: '003C' },
  {
    ...{ action: 'update', outcome: 'rejected', recordId: '003D', key: 'dan', call: 1, changed: ',Email,' },
    ...{ values: { Email: '=dan' }, before: { Email: 'x' }, errorCode: 'RULE_REFUSED', errorSymbol: 'FIELD_CUSTOM' },
    ...{ errorMessage: 'No.', errorFields: 'Email' },
  },
  { outcome: 'rejected', errorCode: 'KEY_EMPTY', errorSymbol: 'KEY_EMPTY', errorMessage: 'The key is empty.' },
  { action: 'create', outcome: 'unsent', values: { Email: 'finn' }, changed: ',Email,' },
  { action: 'create', outcome: 'doubt', values: { Email: 'gus' }, changed: ',Email,', call: 2 },
];

export const flow = (name = 'flow'): Workflow =>
  draw('a -> send, send -> b', { a: withRows, send: withRows }, {}, name);

export async function texts(context: Pick<NodeContext, 'read'>, table: TableRef, name: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { rows } of context.read(table, { columns: [name] }))
    found.push(...rows.map(([cell]) => String(cell)));
  return found;
}

/** What sent states hold of the seven. */
export async function sentRows(context: NodeContext): Promise<TableRef> {
  const writer = await context.writer({ columns: sentRowColumns, name: 'sent' });
  await writer.append(names.map((name) => [name, `hash of ${name}`, null]));
  return writer.finish();
}

/** The latest task of a node. */
export const taskOf = ({ tasks }: RunDetail, node: string): string =>
  tasks.findLast(({ nodeId }) => nodeId === node)?.id ?? '';

class Scene {
  readonly acts: Acts = {};
  test!: UnderTest;
  web!: Web;
  /** What `send` keeps, in the order in which it does; the last one is settled unless a test says something else. */
  kept: ExportReport[] = [];
  sends: (context: NodeContext) => Promise<void> = async () => undefined;
  /** What came to `send`, and how often something came to the node behind it. */
  arrived: string[][] = [];
  behind = 0;
  #database!: TestDatabase;

  async open(): Promise<void> {
    for (const name of Object.keys(this.acts)) delete this.acts[name];
    Object.assign(this, { kept: [], arrived: [], behind: 0 });
    this.sends = async (context) => void this.kept.push(await keepFates(context, 'settled', settled));
    Object.assign(this.acts, this.#firstActs());
    this.#database = await makeDatabase();
    this.test = await engineUnderTest(this.acts, { database: this.#database });
    const { catalog, clock, engine } = this.test;
    const parts = { database: this.#database, catalog, clock, engine };
    this.web = await startWeb({ retentionExportDays: 90 }, 'none', parts);
  }

  async close(): Promise<void> {
    await this.web.close();
    await this.test.close();
    await this.#database.drop();
  }

  #firstActs(): Acts {
    return {
      a: async (context) => {
        const writer = await context.writer({ columns, name: 'rows' });
        await writer.append(names.map((name) => [name]));
        return { ports: { success: await writer.finish() } };
      },
      send: async (context) => {
        if (context.inputs[0]?.table) this.arrived.push(await texts(context, context.inputs[0].table, 'Email'));
        await this.sends(context);
        return { ports: { success: null } };
      },
      b: () => {
        this.behind += 1;
        return { ports: { success: null } };
      },
    };
  }

  /** A run of the published version. */
  run = async (workflow = flow()): Promise<RunDetail & { export: string }> => {
    await inTransaction(this.test.db, (tx) => storeWorkflow(tx, workflow));
    const done = await this.test.finish(workflow, { workflowId: workflow.internalName, version: 1 });
    return { ...done, export: taskOf(done, 'send') };
  };

  ask = async <N extends EndpointName>(name: N, call: WebCall): Promise<Reply<N>> => {
    const { status, json, text } = await this.web.call(name, call);
    expect(status, text).toBe(200);
    return json;
  };

  refused = async (name: EndpointName, call: WebCall): Promise<ErrorReply> => {
    const { status, json } = await this.web.call(name, call);
    expect(status).toBeGreaterThanOrEqual(400);
    const reply = json as ErrorReply;
    // A person reads it: nothing is left of a template.
    expect(`${reply.message} ${reply.action}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
    expect(`${reply.message} ${reply.action}`).not.toMatch(/[{}]|undefined|\s\s/);
    return reply;
  };

  of = (id: string, body?: unknown): WebCall => ({ params: { export: id }, ...(body === undefined ? {} : { body }) });

  detail = (id: string) => this.ask('getExport', this.of(id));

  records = async (id: string, query: Record<string, string> = {}) =>
    (await this.ask('listExportRecords', { ...this.of(id), query })).records;

  rowsOf = async (id: string, query: Record<string, string>) => (await this.records(id, query)).map(({ row }) => row);

  /** Asks for an undo or for rows to be sent again, and waits until its run has succeeded. */
  start = async (name: 'undoExport' | 'requeueRejects', id: string, rows: number[] | null): Promise<RunDetail> => {
    const { id: started } = await this.ask(name, this.of(id, { rows }));
    return this.test.until(started, 'succeeded');
  };

  /** The newest first. */
  trail = async (id: string): Promise<[string, unknown][]> =>
    (await this.ask('listAudit', { query: { subject: `export:${id}` } })).map(({ action, new: what }) => [
      action,
      what,
    ]);

  said = async (id: string) => (await this.trail(id)).filter(([action]) => action !== 'export.open');

  purge = (keep = {}) => purgeRuns(this.test, { exportDays: 90, ...keep });

  exists = (table: TableRef): Promise<void> => this.test.stores.run(table.store).verify(table);

  dismissedKeys = (state: string) => this.#sentKeysWith(state, 'dismissed');

  sentKeys = (state: string) => this.#sentKeysWith(state, 'hash');

  async #sentKeysWith(state: string, where: string): Promise<string[]> {
    const query = { limit: 100, cursor: null, sort: { column: 'key', direction: 'asc' as const }, search: '' };
    const filter = [{ column: where, operator: 'isNotEmpty', value: null }];
    const page = await this.test.stores.local.page(`_sent ${state}`, { ...query, filter });
    return page.rows.map((row) => String(row[page.columns.findIndex(({ name }) => name === 'key')]));
  }
}

/** A new one for each test of the file. */
export function exportsUnderTest(): Scene {
  const scene = new Scene();
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
  return scene;
}
