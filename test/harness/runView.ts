import type { ErrorReply } from '../../contract/errors.ts';
import type { TableRef } from '../../contract/relation.ts';
import type { RunState, TaskSummary } from '../../contract/run.ts';
import type { Cell, Json } from '../../contract/types.ts';
import type { TableBatch } from '../../nodes/kit/run.ts';
import type { Db } from '../../server/db/transaction.ts';
import { listEvents } from '../../server/runs/events.ts';
import type { RunDetail } from '../../server/runs/readRuns.ts';
import { readRunDetail } from '../../server/runs/readRuns.ts';
import type { Stores } from '../../server/tables/types.ts';

/** A run at one moment. */
export class RunView {
  readonly detail: RunDetail;
  readonly #stores: Stores;
  readonly #logs: Map<string, string[]>;

  private constructor(stores: Stores, detail: RunDetail, logs: Map<string, string[]>) {
    this.#stores = stores;
    this.detail = detail;
    this.#logs = logs;
  }

  static async read({ db, stores }: { db: Db; stores: Stores }, id: string): Promise<RunView> {
    const detail = await readRunDetail(db, id);
    const logs = new Map<string, string[]>();
    for (const event of await listEvents(db, id, 0, 100_000)) {
      if (event.type !== 'task.log') continue;
      logs.set(event.nodeId, [...(logs.get(event.nodeId) ?? []), ...event.lines.map((line) => line.message)]);
    }
    return new RunView(stores, detail, logs);
  }

  get state(): RunState {
    return this.detail.state;
  }

  describe(): string {
    const tasks = this.detail.tasks.map((task) => `${task.nodeId} ${task.state} ${task.error?.message ?? ''}`.trim());
    return `${this.state} (${tasks.join(', ')}) ${this.error?.message ?? ''}`.trim();
  }

  get error(): ErrorReply | null {
    return this.detail.error;
  }

  get instanceVars(): Record<string, Json> {
    return this.detail.instanceVars;
  }

  tasks(node: string): TaskSummary[] {
    return this.detail.tasks.filter((task) => task.nodeId === node);
  }

  /** The latest task of the node. */
  task(node: string): TaskSummary {
    const task = this.tasks(node).at(-1);
    if (!task) throw new Error(`The run did not reach the node ${node}.`);
    return task;
  }

  vars(node: string): Record<string, Json> {
    return this.task(node).vars;
  }

  log(node: string): string[] {
    return this.#logs.get(node) ?? [];
  }

  /** Rows by "node.port", of the ports that were taken; null without rows. */
  get counts(): Record<string, number | null> {
    return Object.fromEntries(
      this.detail.tasks.flatMap(({ nodeId, outputs }) =>
        Object.entries(outputs).map(([port, { count }]) => [`${nodeId}.${port}`, count]),
      ),
    );
  }

  output(place: string): TaskSummary['outputs'][string] | undefined {
    const [node = '', ...port] = place.split('.');
    return this.task(node).outputs[port.join('.')];
  }

  table(place: string): TableRef {
    const table = this.output(place)?.table;
    if (!table) throw new Error(`Nothing with rows left by ${place}.`);
    return table;
  }

  async rows(place: string): Promise<Record<string, Cell>[]> {
    const table = this.table(place);
    const batches = await this.#read(table);
    return batches.flatMap((batch) =>
      batch.rows.map((row) => Object.fromEntries(batch.columns.map((name, index) => [name, row[index] ?? null]))),
    );
  }

  /** The identities of the rows, in their order. */
  async rids(place: string): Promise<string[]> {
    return (await this.#read(this.table(place))).flatMap((batch) => batch.rids);
  }

  async #read(table: TableRef): Promise<TableBatch[]> {
    const batches: TableBatch[] = [];
    for await (const batch of this.#stores.run(this.detail.id).read(table, {})) batches.push(batch);
    return batches;
  }
}
